namespace Kernels;

// The algorithm of D. Plesner, H. H. B. Sørensen, S. Hauberg: Accurate Computation of the Logarithm of Modified Bessel Functions on GPUs (ICS 2024), for v >= 0
// and x > 0: the expressions of its Table 1, the first whose condition holds, natural logarithms. Here for comparison; what it loses: docs/logbessel.md.
static class PaperAlgorithm
{
    const double HalfLog2Pi = 0.91893853320467274, HalfLogHalfPi = 0.22579135264472743, HalfLogPi = 0.57236494292470009, LogTwo = 0.69314718055994531;

    // 8: what the paper does not treat.
    public static int Region(double v, double x)
    {
        double lx = KernelMath.Log(x), lv = KernelMath.Log(v);
        bool hankel3 = (x > 1400 && v < 3.05) || (0.6229 * lx - 3.2318 > lv && v > 3.1);
        bool hankel20 = (x > 30 && v < 15.3919) || (0.5113 * lx + 0.7939 > lv && x > 59.6925);
        bool debye4 = (x > 274.2377 && v > 0.3) || v > 163.6993, debye6 = (x > 84.4153 && v > 0.46) || v > 56.9971;
        bool debye9 = (x > 35.9074 && v > 0.6) || v > 20.1534, debye13 = (x > 19.6931 && v > 0.7) || v > 12.6964;
        int debye = KernelMath.Select(debye4, 2, KernelMath.Select(debye6, 3, KernelMath.Select(debye9, 4, KernelMath.Select(debye13, 5, 6))));
        int region = KernelMath.Select(hankel3, 0, KernelMath.Select(hankel20, 1, debye));
        return KernelMath.Select(v >= 0 && x > 0 && v < double.PositiveInfinity && x < double.PositiveInfinity, region, 8);
    }

    // mu_K, Hankel's expansion (DLMF 10.40.1-2); sign: -1 for I, 1 for K.
    static double Hankel(double v, double x, int terms, double sign)
    {
        double m = 4 * v * v, c = 1, sum = 1, scale = sign / (8 * x);
        for (int k = 1; k <= terms; k++)
        {
            double odd = 2 * k - 1;
            c *= (m - odd * odd) * scale / k;
            sum += c;
        }
        return KernelMath.Log(KernelMath.Abs(sum));
    }

    public static double HankelI(double v, double x, int terms) => x - (0.5 * KernelMath.Log(x) + HalfLog2Pi) + Hankel(v, x, terms, -1);

    public static double HankelK(double v, double x, int terms) => (HalfLogHalfPi - 0.5 * KernelMath.Log(x)) - x + Hankel(v, x, terms, 1);

    // U_K, Debye's expansion (DLMF 10.41.3-4); sign as in the argument of the sum: 1 for I, -1 for K.
    static double Debye(double v, double x, int terms, double sign, out double eta, out double quarter)
    {
        double ratio = x / v, root = KernelMath.Sqrt(1 + ratio * ratio), t = 1 / root, square = t * t;
        eta = root + KernelMath.Log(ratio / (1 + root));
        quarter = 0.25 * KernelMath.Log1p(ratio * ratio);
        double sum = 0, power = 1, step = sign * t / v;
        for (int k = 1; k <= terms; k++)
        {
            power *= step;
            int row = (k - 1) * (k + 2) / 2;
            double p = Polynomials[row];
            for (int j = 1; j <= k; j++) p = KernelMath.MulAdd(p, square, Polynomials[row + j]);
            sum = KernelMath.MulAdd(power, p, sum);
        }
        return KernelMath.Log1p(sum);
    }

    public static double DebyeI(double v, double x, int terms)
    {
        double sum = Debye(v, x, terms, 1, out double eta, out double quarter);
        return v * eta - (0.5 * KernelMath.Log(v) + HalfLog2Pi) - quarter + sum;
    }

    public static double DebyeK(double v, double x, int terms)
    {
        double sum = Debye(v, x, terms, -1, out double eta, out double quarter);
        return (HalfLogHalfPi - 0.5 * KernelMath.Log(v)) - v * eta - quarter + sum;
    }

    // The logarithm of the sum of exponentials of the series' terms (DLMF 10.25.2), beside the largest. x <= 30 and v <= 12.7 here: 64 terms leave 10^-40.
    public static double SeriesI(double v, double x)
    {
        double half = KernelMath.Log(x) - LogTwo, term = -KernelMath.LogGamma(v + 1), largest = term;
        for (int k = 1; k < 64; k++)
        {
            term += 2 * half - KernelMath.Log(k * (v + k));
            largest = KernelMath.Max(largest, term);
        }
        term = -KernelMath.LogGamma(v + 1);
        double sum = KernelMath.Exp(term - largest);
        for (int k = 1; k < 64; k++)
        {
            term += 2 * half - KernelMath.Log(k * (v + k));
            sum += KernelMath.Exp(term - largest);
        }
        return KernelMath.MulAdd(v, half, largest + KernelMath.Log(sum));
    }

    const int Intervals = 600;

    // Rothwell's integral by Simpson's rule, as the logarithm of a sum of exponentials; n = 8. Both integrands are 0 at u = 0.
    public static double IntegralK(double v, double x)
    {
        double beta = 16 / (2 * v + 1), largest = double.NegativeInfinity, sum = 0;
        for (int i = 1; i <= Intervals; i++)
        {
            double g = Terms(v, x, beta, i, out double h);
            largest = KernelMath.Max(largest, KernelMath.Max(g, h));
        }
        for (int i = 1; i <= Intervals; i++)
        {
            double g = Terms(v, x, beta, i, out double h), weight = i == Intervals ? 1.0 : 2.0 + 2.0 * (i & 1);
            sum = KernelMath.MulAdd(weight, KernelMath.Exp(g - largest) + KernelMath.Exp(h - largest), sum);
        }
        return HalfLogPi - KernelMath.LogGamma(v + 0.5) - v * (LogTwo + KernelMath.Log(x)) - x + largest + KernelMath.Log(sum / (3 * Intervals));
    }

    static double Terms(double v, double x, double beta, int i, out double h)
    {
        double u = i / (double)Intervals, lu = KernelMath.Log(u), power = KernelMath.Exp(beta * lu);
        h = KernelMath.MulAdd(v - 0.5, KernelMath.Log(2 * x * u + 1), -(1 / u) - (2 * v + 1) * lu);
        return KernelMath.MulAdd(v - 0.5, KernelMath.Log(2 * x + power), KernelMath.Log(beta) - power + 7 * lu);
    }

    // U_k(t)/t^k as a polynomial in t², from its highest power down, k = 1 … 13 one after the other, by DLMF 10.41.9 in exact rationals.
    static readonly double[] Polynomials =
    [
        -0.20833333333333334, 0.125,
        0.3342013888888889, -0.4010416666666667, 0.0703125,
        -1.0258125964506173, 1.8464626736111112, -0.8912109375, 0.0732421875,
        4.669584423426247, -11.207002616222994, 8.78912353515625, -2.3640869140625, 0.112152099609375,
        -28.212072558200244, 84.63621767460073, -91.81824154324002, 42.53499874538846, -7.368794359479632, 0.22710800170898438,
        212.57013003921713, -765.2524681411817, 1059.9904525279999, -699.5796273761325, 218.1905117442116, -26.491430486951554, 0.5725014209747314,
        -1919.457662318407, 8061.722181737309, -13586.550006434138, 11655.393336864534, -5305.646978613403, 1200.9029132163525, -108.09091978839466, 1.7277275025844574,
        20204.29133096615, -96980.59838863752, 192547.00123253153, -203400.17728041555, 122200.46498301746, -41192.65496889755, 7109.514302489364, -493.915304773088, 6.074042001273483,
        -242919.18790055133, 1311763.6146629772, -2998015.9185381066, 3763271.297656404, -2813563.226586534, 1268365.2733216248, -331645.1724845636, 45218.76898136273, -2499.8304818112097, 24.380529699556064,
        3284469.853072038, -19706819.118432228, 50952602.49266464, -74105148.21153265, 66344512.27472903, -37567176.66076335, 13288767.166421818, -2785618.1280864547, 308186.4046126624, -13886.08975371704, 110.01714026924674,
        -49329253.66450996, 325573074.18576574, -939462359.6815784, 1553596899.57058, -1621080552.1083372, 1106842816.8230145, -495889784.2750303, 142062907.7975331, -24474062.72573873, 2243768.1779224495, -84005.43360302408, 551.3358961220206,
        814789096.1183121, -5866481492.051847, 18688207509.295826, -34632043388.158775, 41280185579.753975, -33026599749.800724, 17954213731.1556, -6563293792.619285, 1559279864.8792574, -225105661.88941526, 17395107.553978164, -549842.3275722887, 3038.090510922384,
        -14679261247.695616, 114498237732.0258, -399096175224.4665, 819218669548.5773, -1098375156081.2233, 1008158106865.3821, -645364869245.3765, 287900649906.1506, -87867072178.02327, 17634730606.83497, -2167164983.223795, 143157876.71888897, -3871833.442572613, 18257.755474293175,
    ];
}
