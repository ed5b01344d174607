//! Rows of files that are read in place.
//!
//! Apart from `files` because they need a feature.

#[cfg(feature = "mmap")]
use congruent::interop::NpyMap;
#[cfg(feature = "mmap")]
use congruent::prelude::*;

#[cfg(feature = "mmap")]
dims! { Rows = ? }

rows! {
    "serialization", feature "mmap";
    "mmap": "np.load(path, mmap_mode='r')", "torch.load(path, mmap=True)" => "NpyMap::open(&path)",
        "feature `mmap`; unsafe, because nobody may write to the file meanwhile" {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x.npy");
        Cpu.tensor([[1.0, 2.0]]).save_npy(&path)?;
        #[allow(unsafe_code, reason = "a map asks its caller for a promise")]
        // SAFETY: nobody else knows the file.
        let file = unsafe { NpyMap::open(&path) }?;
        assert_eq!(file.view::<(Rows, D<2>), f32>()?.row(0), [1.0, 2.0]);
    }
}
