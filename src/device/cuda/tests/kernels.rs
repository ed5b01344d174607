//! Kernels: found, compiled, run; and what is wrong with them.
#![allow(unsafe_code, reason = "kernels are given raw arguments")]

use super::device;
use crate::device::cuda::disk::Kept;
use crate::device::cuda::runtime::Runtime;
use crate::error::DeviceError;
use std::ffi::c_void;
use std::ptr;

/// Runs a kernel whose parameters are an output, an input and a value, on 32-bit numbers.
fn run<V>(device: &'static Runtime, (source, name): (&str, &str), input: &[f32], out: usize, value: V) -> Vec<f32> {
    let bytes: Vec<u8> = input.iter().flat_map(|number| number.to_ne_bytes()).collect();
    let (given, result) = (device.allocate(bytes.len()).unwrap(), device.allocate(4 * out).unwrap());
    given.write(&bytes).unwrap();
    result.fill_zero().unwrap();
    let kernel = device.kernel(source, name).unwrap();
    let (mut to, mut from, mut value) = (result.address(), given.address(), value);
    let mut arguments: [*mut c_void; 3] =
        [ptr::from_mut(&mut to).cast(), ptr::from_mut(&mut from).cast(), ptr::from_mut(&mut value).cast()];
    let blocks = input.len().div_ceil(128) as u32;
    // SAFETY: the kernels of this file have these parameters and keep to the lengths.
    unsafe { device.launch(kernel, [blocks, 1, 1], [128, 1, 1], 64 * 4, &mut arguments).unwrap() };
    let mut bytes = vec![0; 4 * out];
    result.read(&mut bytes).unwrap();
    bytes.chunks_exact(4).map(|four| f32::from_ne_bytes(four.try_into().unwrap())).collect()
}

pub(super) const TWO: &str = r#"
struct Step { float scale, shift; unsigned len; };

extern "C" __global__ void moved(float* out, const float* in, Step step) {
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < step.len) out[i] = in[i] * step.scale + step.shift;
}

/* Sums of 128 numbers: by warps, then over them. */
extern "C" __global__ void __launch_bounds__(128)
sums(float* __restrict__ out, const float* __restrict__ in, unsigned len) {
    extern __shared__ float partial[];
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    float sum = i < len ? in[i] : 0.0f;
    for (int d = 16; d > 0; d /= 2) sum += __shfl_down_sync(0xffffffffu, sum, d);
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x == 0) out[blockIdx.x] = partial[0] + partial[1] + partial[2] + partial[3];
}
"#;

#[test]
fn structs_are_given_by_value() {
    #[repr(C)]
    struct Step {
        scale: f32,
        shift: f32,
        len: u32,
    }
    let Some(device) = device(0) else { return };
    let input: Vec<f32> = (0..1000).map(|i| i as f32).collect();
    let step = Step { scale: 2.0, shift: -1.0, len: 999 };
    let out = run(device, (TWO, "moved"), &input, 1000, step);
    assert!(out[..999].iter().enumerate().all(|(i, &value)| value == 2.0 * i as f32 - 1.0));
    assert_eq!(out[999], 0.0);
}

#[test]
fn threads_of_a_block_share_memory_and_wait() {
    let Some(device) = device(0) else { return };
    let input: Vec<f32> = (0..300).map(|i| i as f32).collect();
    let out = run(device, (TWO, "sums"), &input, 3, 300u32);
    let sums: Vec<f32> = input.chunks(128).map(|chunk| chunk.iter().sum()).collect();
    assert_eq!(out, sums);
}

#[test]
fn a_kernel_is_found_again() {
    let Some(device) = device(0) else { return };
    let [first, again] = [(); 2].map(|()| device.kernel(TWO, "sums").unwrap());
    assert_eq!(first.0, again.0);
    assert_ne!(first.0, device.kernel(TWO, "moved").unwrap().0);
}

#[test]
fn code_that_a_device_rejects_is_compiled_again() {
    let Some(device) = device(0) else { return };
    let source = "extern \"C\" __global__ void kept(float* out) { out[0] = 1.0f; }";
    let kept = Kept::of(source, &device.target.words());
    for damaged in [&b"no code"[..], &[0; 100]] {
        kept.write(damaged);
        device.modules.lock().unwrap().remove(source);
        device.kernel(source, "kept").unwrap();
        assert_ne!(kept.read().as_deref(), Some(damaged));
    }
}

#[test]
fn what_does_not_compile_is_shown_with_the_words_of_the_compiler() {
    let Some(device) = device(0) else { return };
    let source = "extern \"C\" __global__ void wrong(float* out) { out[0] = nowhere; }";
    match device.kernel(source, "wrong").err() {
        Some(DeviceError::Compile { log, kernel }) => assert!(log.contains("nowhere") && kernel == source, "{log}"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(device.kernel("a\0b", "k").err(), Some(DeviceError::Compile { .. })));
}

#[test]
fn a_name_that_a_text_does_not_have_is_an_error() {
    let Some(device) = device(0) else { return };
    for name in ["nobody", "mo\0ved", ""] {
        let error = device.kernel(TWO, name).err();
        assert!(matches!(error, Some(DeviceError::Driver { operation: "cuModuleGetFunction", .. })), "{error:?}");
    }
}

#[test]
fn a_block_that_is_too_large_is_refused_and_an_empty_grid_runs_nothing() {
    let Some(device) = device(0) else { return };
    let source = "extern \"C\" __global__ void nothing() {}";
    let kernel = device.kernel(source, "nothing").unwrap();
    // SAFETY: the kernel has no parameters and does nothing.
    let launch = |grid, block, shared| unsafe { device.launch(kernel, grid, block, shared, &mut []) };
    launch([0, 1, 1], [32, 1, 1], 0).unwrap();
    launch([3, 2, 2], [8, 4, 2], 0).unwrap();
    // More than every device gives unasked, and no more than each of them has.
    launch([1; 3], [32, 1, 1], 64 << 10).unwrap();
    for (block, shared) in [([2048, 1, 1], 0), ([32, 1, 1], 1 << 24)] {
        let error = launch([1; 3], block, shared).err();
        assert!(matches!(error, Some(DeviceError::Driver { .. })), "{error:?}");
    }
    device.synchronize().unwrap();
}

/// What the text of a kernel may be written in, by its results.
const LANGUAGE: &str = r#"
typedef unsigned long long u64;
struct __align__(8) Pair { float a; int b; };
__device__ __forceinline__ float twice(float x) { return x * 2.0f; }
template <class T> __device__ T larger(T a, T b) { return a < b ? b : a; }
__constant__ int table[4] = {1, 2, 3, 4};
__device__ u64 best = ~0ull;

extern "C" __global__ void __launch_bounds__(128, 2) language(float* __restrict__ out, const float* in, unsigned base) {
    extern __shared__ __align__(16) unsigned char raw[];
    __shared__ int sum;
    float* shared = (float*)raw;
    unsigned t = threadIdx.x;
    if (t == 0) sum = 0;
    if (t < 64) shared[t] = in[t];
    __syncthreads();
    int up = __shfl_up_sync(0xffffffffu, (int)t, 1), across = __shfl_xor_sync(0xffffffffu, (int)t, 3);
    double down = __shfl_down_sync(0xffffffffu, (double)t, 16);
    unsigned vote = __ballot_sync(0xffffffffu, t % 2);
    atomicAdd(&sum, 1);
    atomicMin(&best, (u64)(1000 - t));
    __syncthreads();
    float4 four = make_float4(1.0f, 2.0f, 3.0f, 4.0f);
    Pair pair{1.0f, 2};
    if (t == base) {
        out[0] = up + 100 * across;
        out[1] = (float)down;
        out[2] = (float)__popc(vote);
        out[3] = sum;
        out[4] = (float)(best == 1000 - 127);
        out[5] = four.w + pair.b + twice(2.0f) + larger(3, 4) + table[1] + max(1, 2) + min(3.0f, 2.0f);
        out[6] = shared[63 - t];
        out[7] = fmaf(2.0f, 3.0f, 1.0f) + rsqrtf(4.0f) + fabsf(-1.0f) + floorf(1.5f) + (float)__clz(1);
        out[8] = __uint_as_float(0x3f800000u) + (float)__umulhi(1u << 31, 4u) + __fadd_rn(1.0f, 1.0f);
    }
}
"#;

#[test]
fn what_kernels_are_written_in() {
    let Some(device) = device(0) else { return };
    let input: Vec<f32> = (0..64).map(|i| i as f32).collect();
    let out = run(device, (LANGUAGE, "language"), &input, 9, 5u32);
    assert_eq!(out, [604.0, 21.0, 16.0, 128.0, 1.0, 20.0, 58.0, 40.5, 5.0]);
}
