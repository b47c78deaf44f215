/* The limit: every workload written by hand, with forward, backward and update in one loop.

   Rule: arrays are [unit][example], so that vectors run along the examples; sizes are constants
   wherever a function is called, so that each call is compiled for its own. Weights are in the
   order of `model.parameters()`: the row of a neuron is its weights and then its bias.

   Built by c_peer.py with -DREAL=double or float. Each workload is a function of the weights (which
   it trains), the rows, the targets, the number of steps and the learning rate, and returns the
   loss of the last step. Sums may be taken in any order (-ffast-math). */

#include <string.h>
#include <tgmath.h>

typedef REAL real;

#ifdef __AVX512F__
#define BYTES 64
#else
#define BYTES 32
#endif
#define LANES ((int)(BYTES / sizeof(real)))
#define ROUND(n) (((n) + LANES - 1) / LANES * LANES)

typedef real vec __attribute__((vector_size(BYTES), aligned(sizeof(real)), may_alias));
#define ARRAY(name, size) static real name[size] __attribute__((aligned(64)))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 8")
#define FEW _Pragma("GCC unroll 4")  // of a long loop: a third off the time of the wide products

/* ------------------------------------------------------------------------------ matrix products */

enum start { ZERO, BIAS, ADD };  // what a product is added to; a bias stands behind its row

INLINE int columns(int v) { return v % 5 == 0 ? 5 : v % 4 == 0 ? 4 : v % 2 == 0 ? 2 : 1; }
INLINE int divisor(int n, int most) {
    return most >= 8 && n % 8 == 0 ? 8 : most >= 4 && n % 4 == 0 ? 4
         : most >= 3 && n % 3 == 0 ? 3 : most >= 2 && n % 2 == 0 ? 2 : 1;
}

/* out[o][e] = sum over i of w[o * so + i * si] * in[i][e], in tiles that stay in registers. */
INLINE void product(int no, int ni, int e, enum start start, const real *restrict w, int so, int si,
                    const real *restrict in, int is, real *restrict out, int os) {
    const int C = columns(e / LANES), R = divisor(no, 8 / C);
    for (int v = 0; v < e; v += C * LANES)
        for (int o = 0; o < no; o += R) {
            vec sum[8][8];
            UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) {
                sum[r][c] = (vec){0};
                if (start == ADD) sum[r][c] += *(vec *)(out + (o + r) * os + v + c * LANES);
                if (start == BIAS) sum[r][c] += w[(o + r) * so + ni];
            }
            FEW for (int i = 0; i < ni; i++)
                UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
                    sum[r][c] += w[(o + r) * so + i * si] * *(vec *)(in + i * is + v + c * LANES);
            UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
                *(vec *)(out + (o + r) * os + v + c * LANES) = sum[r][c];
        }
}

INLINE void forward(int no, int ni, int e, const real *w, const real *in, real *out) {
    product(no, ni, e, BIAS, w, ni + 1, 1, in, e, out, e);
}

INLINE void backward(int no, int ni, int e, const real *w, const real *dout, real *din) {
    product(ni, no, e, ZERO, w, 1, ni + 1, dout, e, din, e);
}

INLINE real total(vec x) {
    real sum = 0;
    UNROLL for (int l = 0; l < LANES; l++) sum += x[l];
    return sum;
}

/* g[o][i] += scale * (sum over e of d[o][e] * in[i][e]). */
INLINE void dots(int no, int ni, int e, real scale, const real *restrict d,
                 const real *restrict in, real *restrict g, int gs) {
    const int C = divisor(ni, 4), R = divisor(no, 8 / C);
    for (int o = 0; o < no; o += R)
        for (int i = 0; i < ni; i += C) {
            vec sum[8][8];
            UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
                sum[r][c] = (vec){0};
            for (int v = 0; v < e; v += LANES)
                UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
                    sum[r][c] += *(vec *)(d + (o + r) * e + v) * *(vec *)(in + (i + c) * e + v);
            UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
                g[(o + r) * gs + i + c] += scale * total(sum[r][c]);
        }
}

/* The same from rows, in[e][i]: vectors run along i. */
INLINE void rows(int no, int ni, int n, real scale, const real *restrict d, int ds,
                 const real *restrict in, int is, real *restrict g, int gs) {
    const int C = divisor(ni / LANES, 4), R = divisor(no, 8 / C);
    for (int i = 0; i < ni; i += C * LANES)
        for (int o = 0; o < no; o += R) {
            vec sum[8][8];
            UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
                sum[r][c] = (vec){0};
            FEW for (int e = 0; e < n; e++)
                UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
                    sum[r][c] += d[(o + r) * ds + e] * *(vec *)(in + e * is + i + c * LANES);
            UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
                *(vec *)(g + (o + r) * gs + i + c * LANES) += scale * sum[r][c];
        }
}

/* The biases, which stand behind the rows of g. */
INLINE void biases(int no, int ni, int e, real scale, const real *d, real *g) {
    for (int o = 0; o < no; o++) {
        real sum = 0;
        for (int j = 0; j < e; j++) sum += d[o * e + j];
        g[o * (ni + 1) + ni] += scale * sum;
    }
}

INLINE void layer_grads(int no, int ni, int e, real scale, const real *d, const real *in, real *g) {
    dots(no, ni, e, scale, d, in, g, ni + 1);
    biases(no, ni, e, scale, d, g);
}

INLINE void turned(int n, int m, const real *restrict x, int xs, real *restrict out, int os) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) out[j * os + i] = x[i * xs + j];
}

/* ------------------------------------------------------------------------- activations and losses */

INLINE real tanh1(real x) { return 1 - 2 / (exp(2 * x) + 1); }
INLINE void tanhs(int n, real *x) { for (int i = 0; i < n; i++) x[i] = tanh1(x[i]); }
INLINE void tanhs_back(int n, const real *out, real *d) {
    for (int i = 0; i < n; i++) d[i] *= 1 - out[i] * out[i];
}
INLINE void relus(int n, real *x) { for (int i = 0; i < n; i++) x[i] = x[i] > 0 ? x[i] : 0; }
INLINE void relus_back(int n, const real *out, real *d) {
    for (int i = 0; i < n; i++) d[i] = out[i] > 0 ? d[i] : 0;
}

/* hot[k][e] is 1 where k is the class of e; share[e] is 1/n, and 0 for the examples that pad. */
INLINE void one_hot(int n, int e, const real *y, real *hot, real *share) {
    for (int j = 0; j < n; j++) hot[(int)y[j] * e + j] = 1, share[j] = (real)1 / n;
}

/* The mean cross-entropy; d becomes its derivative by the scores. */
INLINE real cross_entropy(int k, int e, const real *restrict scores, const real *restrict hot,
                          const real *restrict share, real *restrict d) {
    real loss = 0, top[e], sum[e], right[e];
    for (int j = 0; j < e; j++) top[j] = scores[j], sum[j] = right[j] = 0;
    for (int i = 1; i < k; i++)
        for (int j = 0; j < e; j++)
            top[j] = scores[i * e + j] > top[j] ? scores[i * e + j] : top[j];
    for (int i = 0; i < k; i++)
        for (int j = 0; j < e; j++) {
            d[i * e + j] = exp(scores[i * e + j] - top[j]);
            sum[j] += d[i * e + j];
            right[j] += hot[i * e + j] * scores[i * e + j];
        }
    for (int j = 0; j < e; j++) {
        loss += share[j] * (log(sum[j]) + top[j] - right[j]);
        sum[j] = 1 / sum[j];
    }
    for (int i = 0; i < k; i++)
        for (int j = 0; j < e; j++)
            d[i * e + j] = (d[i * e + j] * sum[j] - hot[i * e + j]) * share[j];
    return loss;
}

/* Adam, with decoupled decay. */
INLINE void adam(int n, real *restrict p, const real *restrict g, real *restrict m,
                 real *restrict v, long t, real lr, double beta1, double beta2, double decay) {
    const real one = lr / (1 - pow(beta1, (double)t));
    const real two = 1 / sqrt(1 - pow(beta2, (double)t));
    const real b1 = beta1, b2 = beta2, keep = 1 - lr * decay, eps = 1e-8;
    for (int i = 0; i < n; i++) {
        m[i] = b1 * m[i] + (1 - b1) * g[i];
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
        p[i] = p[i] * keep - one * m[i] / (sqrt(v[i]) * two + eps);
    }
}

/* ------------------------------------------------------------------------------------- expressions */

double readme(real *p, const real *X, const real *y, long steps, real lr) {
    real a = p[0], b = p[1], g = 0;
    for (long t = 0; t < steps; t++) {
        real plus = b + a > 0, minus = b - a > 0;
        real c = 4 * (a + b) + 3 - a;
        real d = 12 * (a * b + b * b * b) + 4 * plus * (b + a) + minus * (b - a);
        real e = c - d, f = e * e, over = 1 / f;
        g = f / 2 + 10 * over;
        real de = 2 * e * ((real)0.5 - 10 * over * over);
        real da = de * (3 - 12 * b - 4 * plus + minus);
        real db = de * (4 - 12 * (a + 3 * b * b) - 4 * plus - minus);
        a -= lr * da;
        b -= lr * db;
    }
    p[0] = a, p[1] = b;
    return g;
}

double neuron(real *p, const real *X, const real *y, long steps, real lr) {
    real x1 = p[0], x2 = p[1], w1 = p[2], w2 = p[3], b = p[4], out = 0;
    for (long t = 0; t < steps; t++) {
        out = tanh1(x1 * w1 + x2 * w2 + b);
        real d = lr * (1 - out * out);
        real old1 = x1, old2 = x2;
        x1 -= d * w1, x2 -= d * w2;
        w1 -= d * old1, w2 -= d * old2, b -= d;
    }
    p[0] = x1, p[1] = x2, p[2] = w1, p[3] = w2, p[4] = b;
    return out;
}

/* ---------------------------------------------------------------------------------------- networks */

double lecture(real *p, const real *X, const real *y, long steps, real lr) {
    enum { N = 4, E = ROUND(N), W1 = 0, W2 = 16, W3 = 36 };
    ARRAY(x, 3 * E);
    ARRAY(target, E);
    ARRAY(share, E);
    ARRAY(h1, 4 * E);
    ARRAY(h2, 4 * E);
    ARRAY(out, E);
    ARRAY(d1, 4 * E);
    ARRAY(d2, 4 * E);
    ARRAY(d3, E);
    turned(N, 3, X, 3, x, E);
    for (int j = 0; j < N; j++) target[j] = y[j], share[j] = (real)1 / N;
    real loss = 0;
    for (long t = 0; t < steps; t++) {
        forward(4, 3, E, p + W1, x, h1);
        tanhs(4 * E, h1);
        forward(4, 4, E, p + W2, h1, h2);
        tanhs(4 * E, h2);
        forward(1, 4, E, p + W3, h2, out);
        tanhs(E, out);
        loss = 0;
        for (int j = 0; j < E; j++) {
            real off = out[j] - target[j];
            loss += share[j] * off * off;
            d3[j] = 2 * share[j] * off * (1 - out[j] * out[j]);
        }
        backward(1, 4, E, p + W3, d3, d2);
        tanhs_back(4 * E, h2, d2);
        backward(4, 4, E, p + W2, d2, d1);
        tanhs_back(4 * E, h1, d1);
        layer_grads(1, 4, E, -lr, d3, h2, p + W3);
        layer_grads(4, 4, E, -lr, d2, h1, p + W2);
        layer_grads(4, 3, E, -lr, d1, x, p + W1);
    }
    return loss;
}

double moons(real *p, const real *X, const real *y, long steps, real lr) {
    enum { N = 100, E = ROUND(N), W1 = 0, W2 = 48, W3 = 320, P = 337 };
    ARRAY(x, 2 * E);
    ARRAY(target, E);
    ARRAY(share, E);
    ARRAY(h1, 16 * E);
    ARRAY(h2, 16 * E);
    ARRAY(out, E);
    ARRAY(d1, 16 * E);
    ARRAY(d2, 16 * E);
    ARRAY(d3, E);
    const real alpha = 1e-4;
    turned(N, 2, X, 2, x, E);
    for (int j = 0; j < N; j++) target[j] = y[j], share[j] = (real)1 / N;
    real loss = 0;
    for (long t = 0; t < steps; t++) {
        forward(16, 2, E, p + W1, x, h1);
        relus(16 * E, h1);
        forward(16, 16, E, p + W2, h1, h2);
        relus(16 * E, h2);
        forward(1, 16, E, p + W3, h2, out);
        loss = 0;
        for (int j = 0; j < E; j++) {
            real margin = 1 - target[j] * out[j];
            loss += share[j] * (margin > 0 ? margin : 0);
            d3[j] = margin > 0 ? -share[j] * target[j] : 0;
        }
        backward(1, 16, E, p + W3, d3, d2);
        relus_back(16 * E, h2, d2);
        backward(16, 16, E, p + W2, d2, d1);
        relus_back(16 * E, h1, d1);
        for (int i = 0; i < P; i++) loss += alpha * p[i] * p[i], p[i] *= 1 - 2 * lr * alpha;
        layer_grads(1, 16, E, -lr, d3, h2, p + W3);
        layer_grads(16, 16, E, -lr, d2, h1, p + W2);
        layer_grads(16, 2, E, -lr, d1, x, p + W1);
    }
    return loss;
}

double yinyang(real *p, const real *X, const real *y, long steps, real lr) {
    enum { N = 80, E = ROUND(N), W1 = 0, W2 = 24, P = 51 };
    ARRAY(x, 2 * E);
    ARRAY(hot, 3 * E);
    ARRAY(share, E);
    ARRAY(h, 8 * E);
    ARRAY(out, 3 * E);
    ARRAY(dh, 8 * E);
    ARRAY(dout, 3 * E);
    real g[P], m[P] = {0}, v[P] = {0}, loss = 0;
    turned(N, 2, X, 2, x, E);
    one_hot(N, E, y, hot, share);
    for (long t = 1; t <= steps; t++) {
        forward(8, 2, E, p + W1, x, h);
        tanhs(8 * E, h);
        forward(3, 8, E, p + W2, h, out);
        loss = cross_entropy(3, E, out, hot, share, dout);
        backward(3, 8, E, p + W2, dout, dh);
        tanhs_back(8 * E, h, dh);
        memset(g, 0, sizeof g);
        layer_grads(3, 8, E, 1, dout, h, g + W2);
        layer_grads(8, 2, E, 1, dh, x, g + W1);
        adam(P, p, g, m, v, t, lr, 0.9, 0.999, 0.01);
    }
    return loss;
}

double digits(real *p, const real *X, const real *y, long steps, real lr) {
    enum { E = 64, NI = 64, H = 32, W1 = 0, W2 = H * (NI + 1) };
    ARRAY(x, NI * E);
    ARRAY(hot, 10 * E);
    ARRAY(share, E);
    ARRAY(h, H * E);
    ARRAY(out, 10 * E);
    ARRAY(dh, H * E);
    ARRAY(dout, 10 * E);
    memset(hot, 0, sizeof hot);
    turned(E, NI, X, NI, x, E);
    one_hot(E, E, y, hot, share);
    real loss = 0;
    for (long t = 0; t < steps; t++) {
        forward(H, NI, E, p + W1, x, h);
        relus(H * E, h);
        forward(10, H, E, p + W2, h, out);
        loss = cross_entropy(10, E, out, hot, share, dout);
        backward(10, H, E, p + W2, dout, dh);
        relus_back(H * E, h, dh);
        layer_grads(10, H, E, -lr, dout, h, p + W2);
        rows(H, NI, E, -lr, dh, E, X, NI, p + W1, NI + 1);
        biases(H, NI, E, -lr, dh, p + W1);
    }
    return loss;
}

/* The rows and the weights do not fit the first cache: the forward product takes the examples in
   panels of 16 and the pixels in chunks of 112, the one for the weights 16 pixels at a time. */
double wide(real *p, const real *X, const real *y, long steps, real lr) {
    enum { E = 64, NI = 784, H = 128, W1 = 0, W2 = H * (NI + 1), PANEL = 16, CHUNK = 112 };
    ARRAY(x, NI * E);
    ARRAY(hot, 10 * E);
    ARRAY(share, E);
    ARRAY(h, H * E);
    ARRAY(out, 10 * E);
    ARRAY(dh, H * E);
    ARRAY(dout, 10 * E);
    memset(hot, 0, sizeof hot);
    for (int e = 0; e < E; e += PANEL) turned(PANEL, NI, X + e * NI, NI, x + e * NI, PANEL);
    one_hot(E, E, y, hot, share);
    real loss = 0;
    for (long t = 0; t < steps; t++) {
        for (int o = 0; o < H; o++)
            for (int j = 0; j < E; j++) h[o * E + j] = p[o * (NI + 1) + NI];
        for (int e = 0; e < E; e += PANEL)
            for (int i = 0; i < NI; i += CHUNK)
                product(H, CHUNK, PANEL, ADD, p + i, NI + 1, 1, x + e * NI + i * PANEL, PANEL,
                        h + e, E);
        relus(H * E, h);
        forward(10, H, E, p + W2, h, out);
        loss = cross_entropy(10, E, out, hot, share, dout);
        backward(10, H, E, p + W2, dout, dh);
        relus_back(H * E, h, dh);
        layer_grads(10, H, E, -lr, dout, h, p + W2);
        for (int i = 0; i < NI; i += PANEL)
            rows(H, PANEL, E, -lr, dh, E, X + i, NI, p + i, NI + 1);
        biases(H, NI, E, -lr, dh, p + W1);
    }
    return loss;
}

double wide64(real *p, const real *X, const real *y, long steps, real lr) {
    return wide(p, X, y, steps, lr);
}
double wide32(real *p, const real *X, const real *y, long steps, real lr) {
    return wide(p, X, y, steps, lr);
}

/* -------------------------------------------------------------------------------------------- a GPT */

enum { T = 8, D = 16, HEADS = 4, S = D / HEADS, F = 64, V = 27 };  // positions are the examples

INLINE void normed(const real *restrict x, real *restrict out, real *restrict scale) {
    for (int t = 0; t < T; t++) scale[t] = 0;
    for (int i = 0; i < D; i++)
        for (int t = 0; t < T; t++) scale[t] += x[i * T + t] * x[i * T + t];
    for (int t = 0; t < T; t++) scale[t] = 1 / sqrt(scale[t] / D + (real)1e-5);
    for (int i = 0; i < D; i++)
        for (int t = 0; t < T; t++) out[i * T + t] = x[i * T + t] * scale[t];
}

/* dx = (dout - out * mean(dout * out)) * scale, and what came past the norm. */
INLINE void normed_back(const real *restrict out, const real *restrict scale,
                        const real *restrict dout, const real *restrict past, real *restrict dx) {
    real mean[T];
    for (int t = 0; t < T; t++) mean[t] = 0;
    for (int i = 0; i < D; i++)
        for (int t = 0; t < T; t++) mean[t] += dout[i * T + t] * out[i * T + t] / D;
    for (int i = 0; i < D; i++)
        for (int t = 0; t < T; t++)
            dx[i * T + t] = (dout[i * T + t] - out[i * T + t] * mean[t]) * scale[t]
                          + (past ? past[i * T + t] : 0);
}

INLINE void apply(int no, int ni, enum start start, const real *w, const real *in, real *out) {
    product(no, ni, T, start, w, ni, 1, in, T, out, T);
}
INLINE void apply_back(int no, int ni, enum start start, const real *w, const real *d, real *din) {
    product(ni, no, T, start, w, 1, ni, d, T, din, T);
}
INLINE void apply_grads(int no, int ni, const real *d, const real *in, real *g) {
    real by_position[T * F];
    turned(ni, T, in, T, by_position, ni);
    rows(no, ni, T, 1, d, T, by_position, ni, g, ni);
}

/* taken[s][t]: how much position t takes from s. */
INLINE void softmax(real *restrict taken) {
    real sum[T] = {0};
    for (int s = 0; s < T; s++)
        for (int t = 0; t < T; t++) {
            real power = exp(taken[s * T + t] / 2);  // the root of S
            taken[s * T + t] = s <= t ? power : 0;
            sum[t] += taken[s * T + t];
        }
    for (int t = 0; t < T; t++) sum[t] = 1 / sum[t];
    for (int s = 0; s < T; s++)
        for (int t = 0; t < T; t++) taken[s * T + t] *= sum[t];
}
INLINE void softmax_back(const real *restrict taken, real *restrict d) {
    real sum[T] = {0};
    for (int s = 0; s < T; s++)
        for (int t = 0; t < T; t++) sum[t] += taken[s * T + t] * d[s * T + t];
    for (int s = 0; s < T; s++)
        for (int t = 0; t < T; t++)
            d[s * T + t] = taken[s * T + t] * (d[s * T + t] - sum[t]) / 2;
}

/* `tokens` has T + 1 of them: each position is to tell the next. */
double microgpt(real *p, const real *tokens, const real *y, long steps, real lr) {
    enum {
        WTE = 0, WPE = WTE + V * D, WQ = WPE + T * D, WK = WQ + D * D, WV = WK + D * D,
        WO = WV + D * D, FC1 = WO + D * D, FC2 = FC1 + F * D, HEAD = FC2 + D * F, P = HEAD + V * D
    };
    ARRAY(g, P);
    ARRAY(m, P);
    ARRAY(v, P);
    ARRAY(hot, V * T);
    real share[T], s0[T], s1[T], s2[T], loss = 0, x0[D * T], x[D * T], z[D * T], q[D * T], k[D * T];
    real u[D * T], a[HEADS * T * T], o[D * T], x1[D * T], z1[D * T], f[F * T], x2[D * T];
    real scores[V * T], dscores[V * T], dx2[D * T], df[F * T], dz1[D * T], dx1[D * T], d_o[D * T];
    real da[T * T], dq[D * T], dk[D * T], du[D * T], dz[D * T], dx[D * T], dx0[D * T];
    memset(m, 0, sizeof m);
    memset(v, 0, sizeof v);
    memset(hot, 0, sizeof hot);
    one_hot(T, T, tokens + 1, hot, share);
    for (long step = 1; step <= steps; step++) {
        for (int t = 0; t < T; t++)
            for (int i = 0; i < D; i++)
                x0[i * T + t] = p[WTE + (int)tokens[t] * D + i] + p[WPE + t * D + i];
        normed(x0, x, s0);
        normed(x, z, s1);
        apply(D, D, ZERO, p + WQ, z, q);
        apply(D, D, ZERO, p + WK, z, k);
        apply(D, D, ZERO, p + WV, z, u);
        for (int h = 0; h < HEADS; h++) {
            const int at = h * S * T;
            product(T, S, T, ZERO, k + at, 1, T, q + at, T, a + h * T * T, T);
            softmax(a + h * T * T);
            product(S, T, T, ZERO, u + at, T, 1, a + h * T * T, T, o + at, T);
        }
        memcpy(x1, x, sizeof x);
        apply(D, D, ADD, p + WO, o, x1);
        normed(x1, z1, s2);
        apply(F, D, ZERO, p + FC1, z1, f);
        relus(F * T, f);
        memcpy(x2, x1, sizeof x1);
        apply(D, F, ADD, p + FC2, f, x2);
        apply(V, D, ZERO, p + HEAD, x2, scores);
        loss = cross_entropy(V, T, scores, hot, share, dscores);

        memset(g, 0, sizeof g);
        apply_back(V, D, ZERO, p + HEAD, dscores, dx2);
        apply_back(D, F, ZERO, p + FC2, dx2, df);
        relus_back(F * T, f, df);
        apply_back(F, D, ZERO, p + FC1, df, dz1);
        normed_back(z1, s2, dz1, dx2, dx1);
        apply_back(D, D, ZERO, p + WO, dx1, d_o);
        memset(du, 0, sizeof du);
        memset(dk, 0, sizeof dk);
        for (int h = 0; h < HEADS; h++) {
            const int at = h * S * T;
            product(T, S, T, ZERO, u + at, 1, T, d_o + at, T, da, T);
            dots(S, T, T, 1, d_o + at, a + h * T * T, du + at, T);
            softmax_back(a + h * T * T, da);
            product(S, T, T, ZERO, k + at, T, 1, da, T, dq + at, T);
            dots(S, T, T, 1, q + at, da, dk + at, T);
        }
        apply_back(D, D, ZERO, p + WQ, dq, dz);
        apply_back(D, D, ADD, p + WK, dk, dz);
        apply_back(D, D, ADD, p + WV, du, dz);
        normed_back(z, s1, dz, dx1, dx);
        normed_back(x, s0, dx, 0, dx0);
        apply_grads(V, D, dscores, x2, g + HEAD);
        apply_grads(D, F, dx2, f, g + FC2);
        apply_grads(F, D, df, z1, g + FC1);
        apply_grads(D, D, dx1, o, g + WO);
        apply_grads(D, D, dq, z, g + WQ);
        apply_grads(D, D, dk, z, g + WK);
        apply_grads(D, D, du, z, g + WV);
        for (int t = 0; t < T; t++)
            for (int i = 0; i < D; i++) {
                g[WPE + t * D + i] = dx0[i * T + t];
                g[WTE + (int)tokens[t] * D + i] += dx0[i * T + t];
            }
        adam(P, p, g, m, v, step, lr, 0.85, 0.99, 0);
    }
    return loss;
}
