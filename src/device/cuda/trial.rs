//! One small kernel, from its text to its result: whether a device does what it is asked for.
#![allow(unsafe_code, reason = "a kernel is given raw arguments")]

use super::runtime::Runtime;
use crate::error::DeviceError;
use std::ptr;

const KERNEL: &str = r#"
extern "C" __global__ void twice_and(float* out, const float* in, float more, unsigned len) {
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < len) {
        out[i] = 2.0f * in[i] + more;
    }
}
"#;

impl Runtime {
    /// Compiles a kernel, runs it on numbers that go there and back, and compares.
    pub(super) fn check(&'static self) -> Result<(), DeviceError> {
        const LEN: usize = 1000;
        let numbers: Vec<u8> = (0..LEN).flat_map(|i| (i as f32).to_ne_bytes()).collect();
        let (given, result) = (self.allocate(numbers.len())?, self.allocate(numbers.len())?);
        given.write(&numbers)?;
        result.fill_zero()?;
        let kernel = self.kernel(KERNEL, "twice_and")?;
        let (mut out, mut from, mut more, mut len) = (result.address(), given.address(), 0.5f32, LEN as u32);
        let mut arguments = [
            ptr::from_mut(&mut out).cast(),
            ptr::from_mut(&mut from).cast(),
            ptr::from_mut(&mut more).cast(),
            ptr::from_mut(&mut len).cast(),
        ];
        // SAFETY: four parameters, four pointers to values of their types; both blocks have so many numbers.
        unsafe { self.launch(kernel, [LEN.div_ceil(256) as u32, 1, 1], [256, 1, 1], 0, &mut arguments)? };
        let mut bytes = vec![0; numbers.len()];
        result.duplicate()?.read(&mut bytes)?;
        let expected = (0..LEN).flat_map(|i| (2.0 * i as f32 + 0.5).to_ne_bytes());
        if bytes.into_iter().eq(expected) {
            return Ok(());
        }
        let meaning = "the kernel ran, and its result is wrong".to_owned();
        Err(DeviceError::Driver { code: 0, meaning, operation: "a first kernel" })
    }
}
