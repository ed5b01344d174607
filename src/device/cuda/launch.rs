//! From the text of a kernel to its run.
#![allow(unsafe_code, reason = "kernels are given raw arguments")]

use super::disk::Kept;
use super::driver::Handle;
use super::module::{Kernel, Module, Modules};
use super::runtime::Runtime;
use crate::error::DeviceError;
use cudarc::driver::sys::CUfunction_attribute_enum::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
use std::collections::HashMap;
use std::ffi::{CString, c_int, c_void};
use std::ptr;
use std::sync::{MutexGuard, PoisonError};

/// Bytes that a block may share without asking for more.
const SHARED_FOR_ALL: u32 = 48 << 10;

impl Runtime {
    /// The kernel `name` of a text, compiled if neither this process nor the disk has it. The text declares it as
    /// `extern "C" __global__`. Whoever launches it often keeps what this returns.
    pub(in crate::device) fn kernel(&self, source: &str, name: &str) -> Result<Kernel, DeviceError> {
        let known = self.modules().get(source).map(|module| (module.handle, module.kernels.get(name).copied()));
        match known {
            Some((_, Some(kernel))) => Ok(kernel),
            Some((module, None)) => self.named(module, source, name),
            None => {
                // Without the lock, so that other threads go on, and compile as well.
                let loaded = self.load(source)?;
                let module = self.keep(source, loaded);
                self.named(module, source, name)
            }
        }
    }

    /// Runs a kernel after all that was asked for before.
    ///
    /// `grid` blocks of `block` threads, of which each block has `shared` bytes beside what the kernel declares.
    ///
    /// # Safety
    /// There is a pointer to a value of its type for each parameter of the kernel, which was compiled for this device
    /// and keeps to memory of this device that the arguments name, and that is in use until the call returns.
    pub(in crate::device) unsafe fn launch(
        &self,
        kernel: Kernel,
        grid: [u32; 3],
        block: [u32; 3],
        shared: u32,
        arguments: &mut [*mut c_void],
    ) -> Result<(), DeviceError> {
        if grid.contains(&0) || block.contains(&0) {
            return Ok(());
        }
        let (driver, Kernel(function), [x, y, z]) = (self.driver()?, kernel, grid);
        let [across, down, deep] = block;
        let (stream, arguments) = (self.stream, arguments.as_mut_ptr());
        // SAFETY: the caller's contract; the driver copies the arguments before it returns. A block that shares more
        // than all devices have is asked for by name.
        unsafe {
            if shared > SHARED_FOR_ALL {
                let attribute = CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES as u32;
                driver.set_function_attribute(function, attribute, c_int::try_from(shared).unwrap_or(c_int::MAX))?;
            }
            driver.launch(function, x, y, z, across, down, deep, shared, stream, arguments, ptr::null_mut())
        }
    }

    fn modules(&self) -> MutexGuard<'_, Modules> {
        self.modules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a module, unless another thread was faster.
    fn keep(&self, source: &str, loaded: Handle) -> Handle {
        let mut modules = self.modules();
        let module = modules.entry(source.to_owned());
        let handle = module.or_insert_with(|| Module { handle: loaded, kernels: HashMap::new() }).handle;
        drop(modules);
        if handle != loaded {
            // SAFETY: nobody has seen the second one.
            let _ = unsafe { self.driver.unload_module(loaded) };
        }
        handle
    }

    fn named(&self, module: Handle, source: &str, name: &str) -> Result<Kernel, DeviceError> {
        let driver = self.driver()?;
        let mut function = ptr::null_mut();
        let text = CString::new(name).unwrap_or_default();
        // SAFETY: the module stays loaded; the name ends with a 0.
        unsafe { driver.module_function(&mut function, module, text.as_ptr())? };
        if let Some(module) = self.modules().get_mut(source) {
            module.kernels.insert(name.to_owned(), Kernel(function));
        }
        Ok(Kernel(function))
    }

    fn load(&self, source: &str) -> Result<Handle, DeviceError> {
        let kept = Kept::of(source, &self.target.words());
        if let Some(image) = kept.read() {
            match self.load_image(&image) {
                // It is of another driver, or somebody else's: the compiler has the last word.
                Err(_) => kept.delete(),
                loaded => return loaded,
            }
        }
        let image = self.target.compile(source)?;
        let loaded = self.load_image(&image)?;
        kept.write(&image);
        Ok(loaded)
    }

    fn load_image(&self, image: &[u8]) -> Result<Handle, DeviceError> {
        let mut module = ptr::null_mut();
        // A text ends with a 0, as the driver reads on to one; code says its own length.
        let image = [image, &[0]].concat();
        // SAFETY: the image lives through the call, which copies it.
        unsafe { self.driver()?.load_module(&mut module, image.as_ptr().cast())? };
        Ok(module)
    }
}
