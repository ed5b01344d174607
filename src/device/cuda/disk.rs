//! Code of kernels on the disk, so that a program compiles each of them once, and not once a run.
//!
//! Apart from the compiler because nothing depends on it: what cannot be read or written is compiled again.

use crate::files::atomic::write_atomically;
use std::env;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Raised when what is kept changes its meaning.
const FORMAT: &str = "congruent 1";

/// Bytes of the hash that stands behind the code: the driver is given a place and no length, and would follow half a
/// file beyond its end.
const SEAL: usize = 16;

/// The place of a kernel's code; it may not be there.
pub(super) struct Kept(Option<PathBuf>);

impl Kept {
    /// By all that the code depends on.
    pub(super) fn of(kernel: &str, target: &str) -> Self {
        let name = format!("{:032x}.cubin", hash(&[FORMAT, target, kernel].map(str::as_bytes)));
        Kept(folder().map(|folder| folder.join(name)))
    }

    /// The code, if it is there and whole.
    pub(super) fn read(&self) -> Option<Vec<u8>> {
        let mut image = fs::read(self.0.as_deref()?).ok()?;
        let seal = image.split_off(image.len().checked_sub(SEAL)?);
        (seal == hash(&[&image]).to_le_bytes()).then_some(image)
    }

    /// A full disk or a folder that may not be written to is no error of the program.
    pub(super) fn write(&self, image: &[u8]) {
        let Some(path) = self.0.as_deref() else { return };
        let _ = path.parent().map(fs::create_dir_all);
        let _ = write_atomically(path, |file| {
            file.write_all(image)?;
            file.write_all(&hash(&[image]).to_le_bytes())
        });
    }

    pub(super) fn delete(&self) {
        let _ = self.0.as_deref().map(fs::remove_file);
    }
}

/// `$XDG_CACHE_HOME/congruent`, else `~/.cache/congruent`; none where `CONGRUENT_KERNEL_CACHE=off`.
fn folder() -> Option<PathBuf> {
    if env::var_os("CONGRUENT_KERNEL_CACHE").is_some_and(|value| value == "off") {
        return None;
    }
    // By the XDG rules a path that is not absolute counts as none.
    let path = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = path("XDG_CACHE_HOME").or_else(|| path("HOME").map(|home| home.join(".cache")))?;
    Some(caches.join("congruent"))
}

/// Fowler, Noll and Vo's hash 1a of 128 bits: the same in each version of Rust, which std's is not.
fn hash(parts: &[&[u8]]) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    // A length before each part, so that no two lists of parts are one text.
    let bytes = parts.iter().flat_map(|part| part.len().to_le_bytes().into_iter().chain(part.iter().copied()));
    bytes.fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_has_another_name() {
        let names: [&[&[u8]]; 5] = [&[b"a", b"bc"], &[b"ab", b"c"], &[b"abc"], &[b"a", b"b", b"c"], &[]];
        let mut unique: Vec<_> = names.iter().map(|parts| hash(parts)).collect();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len());
    }

    #[test]
    fn what_is_written_is_read_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept(Some(folder.path().join("deep").join("kernel.cubin")));
        assert_eq!(kept.read(), None);
        kept.delete();
        kept.write(b"code");
        assert_eq!(kept.read().as_deref(), Some(&b"code"[..]));
        kept.write(b"other code");
        assert_eq!(kept.read().as_deref(), Some(&b"other code"[..]));
        kept.delete();
        assert_eq!(kept.read(), None);
    }

    #[test]
    fn half_a_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kernel.cubin");
        let kept = Kept(Some(path.clone()));
        kept.write(b"code that is long enough to be cut");
        let whole = fs::read(&path).unwrap();
        for len in 0..whole.len() {
            fs::write(&path, &whole[..len]).unwrap();
            assert_eq!(kept.read(), None, "{len}");
        }
    }

    #[test]
    fn a_disk_that_refuses_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), b"").unwrap();
        for kept in [Kept(None), Kept(Some(folder.path().join("file").join("kernel.cubin")))] {
            kept.write(b"code");
            assert_eq!(kept.read(), None);
            kept.delete();
        }
    }
}
