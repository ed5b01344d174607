//! From the text of a kernel to code of a device, by the compiler that CUDA has as a library.
#![allow(unsafe_code, reason = "a library of C functions")]

use super::driver::Handle;
use super::functions::functions;
use crate::error::DeviceError;
use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

functions! {
    /// The compiler. It needs no device.
    Nvrtc, "libnvrtc" by cudarc::nvrtc::sys;
    "install the CUDA toolkit, 13 or 12, or its compiler alone (`pip install nvidia-cuda-nvrtc`), and put the folder \
     of the library on LD_LIBRARY_PATH";
    checked {
        version = "nvrtcVersion"(major: *mut c_int, minor: *mut c_int);
        architecture_count = "nvrtcGetNumSupportedArchs"(count: *mut c_int);
        architectures = "nvrtcGetSupportedArchs"(architectures: *mut c_int);
        create = "nvrtcCreateProgram"(
            program: *mut Handle, source: *const c_char, name: *const c_char,
            headers: c_int, texts: *const *const c_char, names: *const *const c_char
        );
        destroy = "nvrtcDestroyProgram"(program: *mut Handle);
        compile = "nvrtcCompileProgram"(program: Handle, count: c_int, options: *const *const c_char);
        log_size = "nvrtcGetProgramLogSize"(program: Handle, bytes: *mut usize);
        log = "nvrtcGetProgramLog"(program: Handle, text: *mut c_char);
        binary_size = "nvrtcGetCUBINSize"(program: Handle, bytes: *mut usize);
        binary = "nvrtcGetCUBIN"(program: Handle, image: *mut c_char);
        text_size = "nvrtcGetPTXSize"(program: Handle, bytes: *mut usize);
        text = "nvrtcGetPTX"(program: Handle, image: *mut c_char);
    }
    others {
        error_string = "nvrtcGetErrorString"(u32) -> *const c_char;
    }
}

impl Nvrtc {
    /// What the compiler calls an error.
    fn meaning(&self, code: u32) -> String {
        // SAFETY: any number may be asked for; the words are the library's, for good.
        let words = unsafe { CStr::from_ptr((self.error_string)(code)) };
        words.to_string_lossy().into_owned()
    }
}

/// What a device takes, and how its code is made.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Whether the code is the device's own; else it is a text that the driver translates.
    binary: bool,
    options: Vec<CString>,
    version: (c_int, c_int),
}

/// The version of the compiler.
pub(super) fn version() -> Result<(c_int, c_int), DeviceError> {
    let (mut major, mut minor) = (0, 0);
    // SAFETY: it writes two numbers.
    unsafe { Nvrtc::get()?.version(&mut major, &mut minor)? };
    Ok((major, minor))
}

impl Target {
    /// For devices of a compute capability: 90 is 9.0. A device that is newer than the compiler gets the newest text
    /// that it writes.
    pub(super) fn of(capability: c_int) -> Result<Self, DeviceError> {
        let nvrtc = Nvrtc::get()?;
        let mut count = 0;
        // SAFETY: it writes one number.
        unsafe { nvrtc.architecture_count(&mut count)? };
        let mut known = vec![0; usize::try_from(count).unwrap_or(0)];
        // SAFETY: it writes as many numbers as it has said.
        unsafe { nvrtc.architectures(known.as_mut_ptr())? };
        let newest = known.iter().copied().filter(|known| *known <= capability).max();
        let (binary, architecture) = match newest {
            Some(newest) if newest < capability => (false, format!("compute_{newest}")),
            // Where the compiler knows no device so old, it says so itself.
            _ => (true, format!("sm_{capability}")),
        };
        let architecture = format!("--gpu-architecture={architecture}");
        let options = [architecture.as_str(), "--std=c++17", "-default-device", "--fmad=false"];
        let options = options.iter().filter_map(|option| CString::new(*option).ok()).collect();
        Ok(Target { binary, options, version: version()? })
    }

    /// All that the code depends on beside the kernel's text.
    pub(super) fn words(&self) -> String {
        format!("{:?} {:?}", self.options, self.version)
    }

    /// The code of a kernel.
    pub(super) fn compile(&self, kernel: &str) -> Result<Vec<u8>, DeviceError> {
        let refused = |log: String| DeviceError::Compile { log, kernel: kernel.to_owned() };
        let Ok(text) = CString::new(kernel) else { return Err(refused("it holds a byte 0".into())) };
        let program = Program::of(&text)?;
        let options: Vec<_> = self.options.iter().map(|option| option.as_ptr()).collect();
        let count = c_int::try_from(options.len()).unwrap_or(0);
        // SAFETY: the options live through the call.
        if let Err(error) = unsafe { program.nvrtc.compile(program.handle, count, options.as_ptr()) } {
            let log = program.log().unwrap_or_default();
            return Err(refused(if log.trim().is_empty() { error.to_string() } else { log }));
        }
        program.image(self.binary)
    }
}

/// A program in the compiler, which goes with it.
struct Program {
    nvrtc: &'static Nvrtc,
    handle: Handle,
}

impl Program {
    fn of(text: &CStr) -> Result<Self, DeviceError> {
        let (nvrtc, mut handle) = (Nvrtc::get()?, ptr::null_mut());
        // SAFETY: both texts live through the call, which copies them; there are no headers.
        unsafe {
            nvrtc.create(&mut handle, text.as_ptr(), c"kernel.cu".as_ptr(), 0, ptr::null(), ptr::null())?;
        }
        Ok(Program { nvrtc, handle })
    }

    fn log(&self) -> Result<String, DeviceError> {
        let mut bytes = 0;
        // SAFETY: it writes one number.
        unsafe { self.nvrtc.log_size(self.handle, &mut bytes)? };
        let mut log = vec![0u8; bytes];
        // SAFETY: the compiler writes as many bytes as it has said.
        unsafe { self.nvrtc.log(self.handle, log.as_mut_ptr().cast())? };
        Ok(String::from_utf8_lossy(&log).trim_end_matches('\0').to_owned())
    }

    fn image(&self, binary: bool) -> Result<Vec<u8>, DeviceError> {
        let mut bytes = 0;
        // SAFETY: both write one number.
        unsafe {
            match binary {
                true => self.nvrtc.binary_size(self.handle, &mut bytes)?,
                false => self.nvrtc.text_size(self.handle, &mut bytes)?,
            }
        }
        let mut image = vec![0u8; bytes];
        // SAFETY: the compiler writes as many bytes as it has said.
        unsafe {
            match binary {
                true => self.nvrtc.binary(self.handle, image.as_mut_ptr().cast())?,
                false => self.nvrtc.text(self.handle, image.as_mut_ptr().cast())?,
            }
        }
        Ok(image)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: the program was made by `of`, and nobody uses it any more.
        let _ = unsafe { self.nvrtc.destroy(&mut self.handle) };
    }
}
