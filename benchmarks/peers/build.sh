#!/bin/sh
# Builds the C++ peers of `kernels bench log-bessel` beside this script. Needs g++, libboost-dev and libgsl-dev.
set -e
cd "$(dirname "$0")"
mkdir -p bin
g++ -std=c++17 -O3 -march=native -shared -fPIC logbessel.cpp -o bin/libkernels_peers_logbessel.so -lgsl -lgslcblas -lm
echo "built: $PWD/bin/libkernels_peers_logbessel.so"
