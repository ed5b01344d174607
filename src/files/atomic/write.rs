//! The writing itself: what a caller gives becomes the file, at once or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::aside::Aside;
use super::target::{self, Target};

/// Writes a file in one step: readers see the old content or the new, and a failure leaves the old.
///
/// The content goes to a file aside in the same folder, is flushed to the disk, and takes the name with a rename. A
/// link is followed: the file that it names is replaced in its own folder, or made where it is not there yet.
/// Permissions of an existing file are kept, and its owner as far as the system allows; a file that may not be written
/// to is not replaced either. Other hard links to it keep the old content.
///
/// What is no regular file has no old content to keep: a device, a pipe, a socket (`/dev/stdout`) is written to in
/// place. A folder is refused.
///
/// A process that is killed leaves its file aside, `.NAME.xxxxxxxxxxxx.saving`; the next save into the same folder
/// removes it. Savers of one path do not disturb each other: each file is whole, the last rename stays.
///
/// # Errors
/// What `content` returns, or what the system says; the file aside is then removed.
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
    match Target::of(path.as_ref())? {
        Target::InPlace(file) => write_in_place(file, content),
        Target::File { path, old } => {
            let aside = Aside::beside(&path, old.as_ref())?;
            let mut writer = BufWriter::new(aside.file);
            written(&mut writer, content)?;
            writer.get_ref().sync_all()?;
            // Unix keeps the lock until the name is right; Windows does not rename an open file.
            let open = if cfg!(windows) {
                drop(writer);
                None
            } else {
                Some(writer)
            };
            aside.name.become_that_of(&path)?;
            drop(open);
            sync_folder(target::folder_of(&path));
            Ok(())
        }
    }
}

/// A failure is told by the file, not by the writer's drop, which would try once more and say nothing.
fn written(
    writer: &mut BufWriter<File>,
    content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    content(writer)?;
    writer.flush()
}

fn write_in_place(file: File, content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::new(file);
    written(&mut writer, content)?;
    // A disk without a file system keeps what it is told; a pipe or a terminal says that it cannot.
    let _ = writer.get_ref().sync_all();
    Ok(())
}

/// Makes the rename itself survive a power cut. The new file is already in place and whole, so a system that cannot
/// do this has not failed the caller.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}
