//! Files that are either the old one or the new one, whole, whenever the machine stops.
//!
//! Apart from the formats because each of them needs it: a checkpoint is overwritten while it is the only good copy.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a file in one step: readers see the old content or the new, and a failure leaves the old.
///
/// The content goes to a temporary file in the same folder, is flushed to the disk, and takes the name with a rename. A
/// link is followed, so what it points at is replaced; the permissions of an existing file are kept.
///
/// # Errors
/// What `content` returns, or what the system says; the temporary file is then removed.
///
/// ```
/// use std::io::Write;
/// use congruent::io::atomic::write_atomically;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("best.txt");
/// write_atomically(&path, |file| file.write_all(b"step 1"))?;
/// let failed = write_atomically(&path, |file| {
///     file.write_all(b"half of st")?;
///     Err(std::io::Error::other("the disk is full"))
/// });
/// assert!(failed.is_err());
/// assert_eq!(std::fs::read(&path)?, b"step 1");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write_atomically(
    path: impl AsRef<Path>,
    content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let target = fs::canonicalize(&path).unwrap_or_else(|_| path.as_ref().to_owned());
    let folder = folder_of(&target);
    let (file, name) = temporary_in(&folder)?.into_parts();
    if let Ok(old) = fs::metadata(&target) {
        file.set_permissions(old.permissions())?;
    }
    let mut writer = BufWriter::new(file);
    content(&mut writer)?;
    writer.flush()?;
    writer.get_ref().sync_all()?;
    // Windows does not rename onto or from an open file.
    drop(writer);
    name.persist(&target).map_err(|failure| failure.error)?;
    sync_folder(&folder);
    Ok(())
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A file that is removed when dropped; made with the rights of any new file, not `tempfile`'s private ones.
fn temporary_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-").suffix(".tmp");
    #[cfg(unix)]
    let builder = builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Makes the rename itself survive a power cut. The new file is already in place and whole, so a system that cannot
/// do this has not failed the caller.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the folder exists");
        entries.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_failure_keeps_the_old_file_and_leaves_no_other() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.bin");
        write_atomically(&path, |file| file.write_all(b"old"))?;
        let failed = write_atomically(&path, |file| {
            file.write_all(&[0; 100_000])?;
            assert_eq!(names_in(folder.path()).len(), 2, "the new content is beside the old file");
            Err(io::Error::other("stop"))
        });
        assert_eq!(failed.map_err(|error| error.to_string()), Err("stop".to_owned()));
        assert_eq!(fs::read(&path)?, b"old");
        assert_eq!(names_in(folder.path()), ["a.bin"]);
        Ok(())
    }

    #[test]
    fn a_panic_keeps_the_old_file_and_leaves_no_other() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.bin");
        fs::write(&path, b"old")?;
        let write = || write_atomically(&path, |_| panic!("inside the closure"));
        assert!(std::panic::catch_unwind(write).is_err());
        assert_eq!((fs::read(&path)?, names_in(folder.path())), (b"old".to_vec(), vec!["a.bin".to_owned()]));
        Ok(())
    }

    #[test]
    fn success_replaces_the_whole_file() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.bin");
        fs::write(&path, b"old and longer")?;
        write_atomically(&path, |file| file.write_all(b"new"))?;
        assert_eq!((fs::read(&path)?, names_in(folder.path())), (b"new".to_vec(), vec!["a.bin".to_owned()]));
        Ok(())
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        assert!(write_atomically("no/such/folder/a.bin", |file| file.write_all(b"")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn rights_and_links_stay() -> io::Result<()> {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir()?;
        let (path, link) = (folder.path().join("a.bin"), folder.path().join("latest"));
        fs::write(&path, b"old")?;
        let fresh = fs::metadata(&path)?.permissions().mode();
        write_atomically(folder.path().join("b.bin"), |file| file.write_all(b""))?;
        assert_eq!(fs::metadata(folder.path().join("b.bin"))?.permissions().mode(), fresh);
        fs::set_permissions(&path, PermissionsExt::from_mode(0o640))?;
        symlink(&path, &link)?;
        write_atomically(&link, |file| file.write_all(b"new"))?;
        assert_eq!((fs::read(&path)?, fs::metadata(&path)?.permissions().mode() & 0o777), (b"new".to_vec(), 0o640));
        assert!(fs::symlink_metadata(&link)?.is_symlink());
        Ok(())
    }
}
