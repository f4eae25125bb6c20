// Peers of the log-Bessel family behind one C interface: arrays of orders and arguments in, logarithms out. One thread.
//   boost_*: Boost.Math, the logarithm of its function (no scaled form there); errors give infinities and NaN, not exceptions.
//   gsl_*:   GNU Scientific Library: log of the scaled I plus x; its own logarithm of K.
//   paper_*: the algorithm of D. Plesner, H. H. B. Sørensen, S. Hauberg: Accurate Computation of the Logarithm of Modified Bessel Functions on GPUs (ICS 2024),
//            written from its formulas: expressions by region in the order of its Table 1, a log-sum-exp series for I and Rothwell's integral for K elsewhere.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <boost/math/special_functions/bessel.hpp>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_version.h>

namespace
{
    namespace bm = boost::math::policies;
    using Quiet = bm::policy<bm::domain_error<bm::errno_on_error>, bm::pole_error<bm::errno_on_error>, bm::overflow_error<bm::errno_on_error>,
        bm::evaluation_error<bm::errno_on_error>, bm::rounding_error<bm::errno_on_error>, bm::underflow_error<bm::ignore_error>, bm::denorm_error<bm::ignore_error>>;

    constexpr double Pi = 3.14159265358979323846;

    // U_k(t)/t^k as a polynomial in t^2, k = 0 … 13, by DLMF 10.41.9.
    struct Debye
    {
        static constexpr int Most = 13;
        std::array<std::array<double, Most + 1>, Most + 1> c{};

        Debye()
        {
            // Of U_k: coefficients of t^0 … t^(3k).
            std::array<long double, 3 * Most + 4> u{};
            u[0] = 1;
            for (int k = 0; k <= Most; k++)
            {
                for (int j = 0; j <= k; j++) c[k][j] = (double)u[k + 2 * j];
                std::array<long double, 3 * Most + 4> next{};
                for (int d = 0; d <= 3 * k; d++)
                {
                    if (u[d] == 0) continue;
                    if (d + 1 < (int)next.size()) next[d + 1] += u[d] * (d / 2.0L + 1 / (8.0L * (d + 1)));
                    if (d + 3 < (int)next.size()) next[d + 3] -= u[d] * (d / 2.0L + 5 / (8.0L * (d + 3)));
                }
                u = next;
            }
        }
    };
    const Debye debye;

    double hankel_sum(double v, double x, int terms, double sign)
    {
        double m = 4 * v * v, c = 1, sum = 1;
        for (int k = 1; k <= terms; k++)
        {
            double odd = 2 * k - 1;
            c *= sign * (m - odd * odd) / (8 * x * k);
            sum += c;
        }
        return std::log(std::fabs(sum));
    }

    double debye_sum(double v, double x, int terms, double sign, double& eta, double& quarter)
    {
        double r = x / v, root = std::sqrt(1 + r * r), t = 1 / root, t2 = t * t;
        eta = root + std::log(r / (1 + root));
        quarter = 0.25 * std::log1p(r * r);
        double sum = 0, power = 1;
        for (int k = 1; k <= terms; k++)
        {
            power *= sign * t / v;
            double p = debye.c[k][k];
            for (int j = k - 1; j >= 0; j--) p = p * t2 + debye.c[k][j];
            sum += power * p;
        }
        return std::log1p(sum);
    }

    // Terms of the region's expression: above 0 Hankel's, below 0 Debye's; 0: the fallback.
    int region(double v, double x)
    {
        double lx = std::log(x), lv = std::log(v);
        if ((x > 1400 && v < 3.05) || (0.6229 * lx - 3.2318 > lv && v > 3.1)) return 3;
        if ((x > 30 && v < 15.3919) || (0.5113 * lx + 0.7939 > lv && x > 59.6925)) return 20;
        if ((x > 274.2377 && v > 0.3) || v > 163.6993) return -4;
        if ((x > 84.4153 && v > 0.46) || v > 56.9971) return -6;
        if ((x > 35.9074 && v > 0.6) || v > 20.1534) return -9;
        if ((x > 19.6931 && v > 0.7) || v > 12.6964) return -13;
        return 0;
    }

    double series(double v, double x)
    {
        double half = std::log(x / 2), largest = -std::numeric_limits<double>::infinity(), terms[512];
        int peak = (int)((std::sqrt(v * v + x * x) - v) / 2), count = std::min(511, peak + 20 + (int)(9.2 * std::sqrt(x)));
        for (int k = 0; k <= count; k++)
        {
            terms[k] = 2 * k * half - std::lgamma(k + 1.0) - std::lgamma(v + k + 1);
            largest = std::max(largest, terms[k]);
        }
        double sum = 0;
        for (int k = 0; k <= count; k++) sum += std::exp(terms[k] - largest);
        return v * half + largest + std::log(sum);
    }

    double integral(double v, double x)
    {
        constexpr int intervals = 600, n = 8;
        double beta = 2.0 * n / (2 * v + 1), largest = -std::numeric_limits<double>::infinity(), terms[2 * (intervals + 1)];
        int count = 0;
        for (int i = 0; i <= intervals; i++)
        {
            double u = (double)i / intervals, weight = std::log(i == 0 || i == intervals ? 1.0 : i % 2 == 1 ? 4.0 : 2.0), lu = std::log(u), ub = std::pow(u, beta);
            double g = std::log(beta) - ub + (v - 0.5) * std::log(2 * x + ub) + (n - 1) * lu;
            double h = -1 / u - (2 * v + 1) * lu + (v - 0.5) * std::log(2 * x * u + 1);
            for (double term : {g, h})
                if (i > 0) largest = std::max(largest, terms[count++] = weight + term);
        }
        double sum = 0;
        for (int k = 0; k < count; k++) sum += std::exp(terms[k] - largest);
        return 0.5 * std::log(Pi) - std::lgamma(v + 0.5) - v * std::log(2 * x) - x + largest + std::log(sum / (3 * intervals));
    }

    double paper_i(double v, double x)
    {
        int terms = region(v, x);
        if (terms > 0) return x - 0.5 * std::log(2 * Pi * x) + hankel_sum(v, x, terms, -1);
        if (terms == 0) return series(v, x);
        double eta, quarter, sum = debye_sum(v, x, -terms, 1, eta, quarter);
        return v * eta - 0.5 * std::log(2 * Pi * v) - quarter + sum;
    }

    double paper_k(double v, double x)
    {
        int terms = region(v, x);
        if (terms > 0) return -x + 0.5 * std::log(Pi / (2 * x)) + hankel_sum(v, x, terms, 1);
        if (terms == 0) return integral(v, x);
        double eta, quarter, sum = debye_sum(v, x, -terms, -1, eta, quarter);
        return -v * eta + 0.5 * std::log(Pi / (2 * v)) - quarter + sum;
    }

    double gsl_i(double v, double x)
    {
        gsl_sf_result r;
        return gsl_sf_bessel_Inu_scaled_e(v, x, &r) == GSL_SUCCESS ? std::log(r.val) + x : std::numeric_limits<double>::quiet_NaN();
    }

    double gsl_k(double v, double x)
    {
        gsl_sf_result r;
        return gsl_sf_bessel_lnKnu_e(v, x, &r) == GSL_SUCCESS ? r.val : std::numeric_limits<double>::quiet_NaN();
    }

    template <typename F> void each(const double* v, const double* x, double* y, int n, F f)
    {
        for (int i = 0; i < n; i++) y[i] = f(v[i], x[i]);
    }
}

extern "C"
{
    const char* boost_version() { return BOOST_LIB_VERSION; }
    const char* gsl_version_text() { gsl_set_error_handler_off(); return GSL_VERSION; }
    void boost_log_i(const double* v, const double* x, double* y, int n) { each(v, x, y, n, [](double a, double b) { return std::log(boost::math::cyl_bessel_i(a, b, Quiet())); }); }
    void boost_log_k(const double* v, const double* x, double* y, int n) { each(v, x, y, n, [](double a, double b) { return std::log(boost::math::cyl_bessel_k(a, b, Quiet())); }); }
    void gsl_log_i(const double* v, const double* x, double* y, int n) { each(v, x, y, n, gsl_i); }
    void gsl_log_k(const double* v, const double* x, double* y, int n) { each(v, x, y, n, gsl_k); }
    void paper_log_i(const double* v, const double* x, double* y, int n) { each(v, x, y, n, paper_i); }
    void paper_log_k(const double* v, const double* x, double* y, int n) { each(v, x, y, n, paper_k); }
}
