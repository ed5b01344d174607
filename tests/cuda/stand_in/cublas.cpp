// The stand-in of cuBLAS: products of matrices, column by column, in the plainest way.
#include "kernel/limits.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "kernel/halves.h"

enum Status { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };
enum Type { R_32F = 0, R_64F = 1, R_16F = 2, R_16BF = 14 };
enum Compute { COMPUTE_16F = 64, COMPUTE_32F = 68, COMPUTE_64F = 70, COMPUTE_32F_FAST_TF32 = 77 };
enum Operation { NOT_TRANSPOSED = 0, TRANSPOSED = 1, CONJUGATED = 2 };

struct Shape {
    bool a_transposed, b_transposed;
    int64_t m, n, k, lda, ldb, ldc;
};

// C = alpha A B + beta C; where beta is 0, C is not read.
template <class T, class Wide>
void multiply(const Shape& s, Wide alpha, const T* a, const T* b, Wide beta, T* c) {
    for (int64_t column = 0; column < s.n; column++) {
        for (int64_t row = 0; row < s.m; row++) {
            Wide sum = 0;
            for (int64_t i = 0; i < s.k; i++) {
                const T& left = s.a_transposed ? a[row * s.lda + i] : a[i * s.lda + row];
                const T& right = s.b_transposed ? b[i * s.ldb + column] : b[column * s.ldb + i];
                sum += Wide(left) * Wide(right);
            }
            T& place = c[column * s.ldc + row];
            place = T(beta == 0 ? alpha * sum : alpha * sum + beta * Wide(place));
        }
    }
}

template <class T, class Wide>
void multiply_all(
    const Shape& shape, const void* alpha, const void* a, int64_t a_step, const void* b, int64_t b_step,
    const void* beta, void* c, int64_t c_step, int64_t count
) {
    for (int64_t i = 0; i < count; i++) {
        multiply<T, Wide>(
            shape, *static_cast<const Wide*>(alpha), static_cast<const T*>(a) + i * a_step,
            static_cast<const T*>(b) + i * b_step, *static_cast<const Wide*>(beta), static_cast<T*>(c) + i * c_step
        );
    }
}

static int64_t at_least_one(int64_t rows) {
    return rows > 1 ? rows : 1;
}

extern "C" {

int cublasCreate_v2(void** handle) {
    *handle = malloc(1);
    return SUCCESS;
}

int cublasDestroy_v2(void* handle) {
    free(handle);
    return SUCCESS;
}

int cublasGetVersion_v2(void*, int* version) {
    *version = 130000;
    return SUCCESS;
}

int cublasSetStream_v2(void* handle, void*) {
    return handle ? SUCCESS : NOT_INITIALIZED;
}

int cublasSetWorkspace_v2(void* handle, void*, size_t) {
    return handle ? SUCCESS : NOT_INITIALIZED;
}

int cublasSetMathMode(void* handle, int) {
    return handle ? SUCCESS : NOT_INITIALIZED;
}

const char* cublasGetStatusName(int status) {
    switch (status) {
        case SUCCESS: return "CUBLAS_STATUS_SUCCESS";
        case NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
        case INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
        case NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
        default: return "CUBLAS_STATUS unknown";
    }
}

const char* cublasGetStatusString(int status) {
    return cublasGetStatusName(status);
}

int cublasGemmStridedBatchedEx(
    void* handle, int a_operation, int b_operation, int m, int n, int k, const void* alpha, const void* a, int a_type,
    int lda, long long a_step, const void* b, int b_type, int ldb, long long b_step, const void* beta, void* c,
    int c_type, int ldc, long long c_step, int count, int compute, int
) {
    if (!handle) {
        return NOT_INITIALIZED;
    }
    Shape shape = {a_operation != NOT_TRANSPOSED, b_operation != NOT_TRANSPOSED, m, n, k, lda, ldb, ldc};
    bool negative = m < 0 || n < 0 || k < 0 || count < 0;
    bool short_columns = lda < at_least_one(shape.a_transposed ? k : m) ||
                         ldb < at_least_one(shape.b_transposed ? n : k) || ldc < at_least_one(m);
    if (negative || short_columns || a_operation > CONJUGATED || b_operation > CONJUGATED) {
        return INVALID_VALUE;
    }
    if (a_type != b_type || a_type != c_type) {
        return NOT_SUPPORTED;
    }
    bool in_single = compute == COMPUTE_32F || compute == COMPUTE_32F_FAST_TF32;
    auto run = [&](auto of_all) {
        of_all(shape, alpha, a, a_step, b, b_step, beta, c, c_step, count);
        return SUCCESS;
    };
    switch (a_type) {
        case R_64F: return compute == COMPUTE_64F ? run(multiply_all<double, double>) : NOT_SUPPORTED;
        case R_32F: return in_single ? run(multiply_all<float, float>) : NOT_SUPPORTED;
        case R_16F: return in_single ? run(multiply_all<__half, float>) : NOT_SUPPORTED;
        case R_16BF: return in_single ? run(multiply_all<__nv_bfloat16, float>) : NOT_SUPPORTED;
        default: return NOT_SUPPORTED;
    }
}

int cublasGemmEx(
    void* handle, int a_operation, int b_operation, int m, int n, int k, const void* alpha, const void* a, int a_type,
    int lda, const void* b, int b_type, int ldb, const void* beta, void* c, int c_type, int ldc, int compute,
    int algorithm
) {
    return cublasGemmStridedBatchedEx(
        handle, a_operation, b_operation, m, n, k, alpha, a, a_type, lda, 0, b, b_type, ldb, 0, beta, c, c_type, ldc,
        0, 1, compute, algorithm
    );
}

int cublasSgemm_v2(
    void* handle, int a_operation, int b_operation, int m, int n, int k, const float* alpha, const float* a, int lda,
    const float* b, int ldb, const float* beta, float* c, int ldc
) {
    return cublasGemmEx(
        handle, a_operation, b_operation, m, n, k, alpha, a, R_32F, lda, b, R_32F, ldb, beta, c, R_32F, ldc,
        COMPUTE_32F, -1
    );
}

int cublasDgemm_v2(
    void* handle, int a_operation, int b_operation, int m, int n, int k, const double* alpha, const double* a, int lda,
    const double* b, int ldb, const double* beta, double* c, int ldc
) {
    return cublasGemmEx(
        handle, a_operation, b_operation, m, n, k, alpha, a, R_64F, lda, b, R_64F, ldb, beta, c, R_64F, ldc,
        COMPUTE_64F, -1
    );
}

}  // extern "C"
