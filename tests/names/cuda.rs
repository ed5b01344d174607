//! Rows of GPUs as devices.
//!
//! Apart from the other first names because they need the feature; their code runs with a device and without one.

#[cfg(feature = "cuda")]
use congruent::prelude::*;

rows! {
    "first names", feature "cuda";
    "is_available, device_count, get_device_name, synchronize": "",
        "torch.cuda.is_available() | device_count() | get_device_name(0) | synchronize()" => "cuda::is_available()",
        "feature `cuda`; `cuda::device_count()`; of an open device `gpu.name()` and `gpu.synchronize()`" {
        use congruent::cuda;
        assert_eq!(cuda::is_available(), Cuda::<0>::open().is_ok());
        assert!(cuda::device_count() > 0 || !cuda::is_available());
    }
    "cuda": "", "x.cuda() | x.to(\"cuda\")" => "x.to(&gpu)",
        "feature `cuda`; `let gpu = Cuda::<0>::open()?`, which says what is missing; `x.to(&Cpu)` brings it back" {
        if let Ok(gpu) = Cuda::<0>::open() {
            let x = Cpu.tensor([1.0, 2.0]);
            assert_eq!(x.to(&gpu).to(&Cpu), x);
        }
    }
}
