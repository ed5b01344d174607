//! The file beside a file, which takes its name when it is whole; and what killed processes have left of them.
//!
//! Apart from the writing because of the one thing that is hard: whose file it is. Its writer holds a lock on it, which
//! ends with the process; a file whose lock is free has no writer, in whatever process it was.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::target::folder_of;

const SUFFIX: &str = ".saving";
/// Random characters: two savers do not meet.
const RANDOM: usize = 12;
/// Names end at 255 bytes; dots, random characters and the ending take 21, and a character up to four.
const LONGEST_NAME: usize = 200;
/// How often a name may be taken, or a new file be taken for one without a writer before its lock is held.
const TRIES: usize = 100;

/// A new file, locked, and its name, which is removed when dropped.
pub(super) struct Aside {
    pub(super) file: File,
    pub(super) name: Name,
}

/// The name of a file aside, which goes with it unless the file gets another.
pub(super) struct Name(Option<PathBuf>);

impl Name {
    /// The file takes another name, and replaces what had it.
    pub(super) fn become_that_of(mut self, path: &Path) -> io::Result<()> {
        if let Some(own) = &self.0 {
            fs::rename(own, path)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        if let Some(own) = &self.0 {
            let _ = fs::remove_file(own);
        }
    }
}

impl Aside {
    /// A file for the content of `target`, with the rights of the old one, else those of any new file.
    pub(super) fn beside(target: &Path, old: Option<&Metadata>) -> io::Result<Self> {
        let folder = folder_of(target);
        remove_left_over(folder);
        for _ in 0..TRIES {
            let (file, name) = match new_in(folder, target.file_name().unwrap_or_default(), old) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                new => new?,
            };
            if !locked(&file)? {
                continue;
            }
            if let Some(old) = old {
                rights::inherit(&file, old)?;
            }
            return Ok(Self { file, name });
        }
        Err(io::Error::other("other processes take the new file for one that was left over"))
    }
}

/// Whether we hold the file: another process may have taken it for one without a writer before we locked it.
fn locked(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => rights::is_named(file),
        Err(fs::TryLockError::WouldBlock) => Ok(false),
        // A file system without locks, where nobody takes ours for one without a writer either.
        Err(fs::TryLockError::Error(_)) => Ok(true),
    }
}

/// Removes every file aside in the folder whose writer is gone. What cannot be removed is left to the next save.
fn remove_left_over(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| is_aside(&entry.file_name())) {
        // A pipe of that name would wait for its other end.
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let Some(file) = is_file.then(|| File::open(entry.path()).ok()).flatten() else { continue };
        if file.try_lock().is_ok() && rights::is_named(&file).unwrap_or(false) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a name is `.NAME.xxxxxxxxxxxx.saving`.
fn is_aside(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let inside = name.strip_prefix('.').and_then(|rest| rest.strip_suffix(SUFFIX));
    let random = inside.and_then(|inside| inside.rsplit_once('.')).map(|(_, random)| random);
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn new_in(folder: &Path, target: &OsStr, old: Option<&Metadata>) -> io::Result<(File, Name)> {
    let target = target.to_string_lossy();
    let target = &target[..target.floor_char_boundary(LONGEST_NAME)];
    let path = folder.join(format!(".{target}.{}{SUFFIX}", random_characters()));
    let mut options = OpenOptions::new();
    rights::open_with(options.read(true).write(true).create_new(true), old);
    let file = options.open(&path)?;
    Ok((file, Name(Some(path))))
}

/// Characters that nobody else draws: each of std's maps has other keys, and they begin with the system's randomness.
fn random_characters() -> String {
    let mut bits = RandomState::new().build_hasher().finish();
    let mut next = || {
        let digit = (bits % 36) as u32;
        bits /= 36;
        char::from_digit(digit, 36).unwrap_or('0')
    };
    (0..RANDOM).map(|_| next()).collect()
}

#[cfg(unix)]
mod rights {
    use std::fs::{File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};

    /// Never wider than those of the old file, or somebody could open the new one before it has them.
    pub(super) fn open_with(options: &mut OpenOptions, old: Option<&Metadata>) {
        options.mode(old.map_or(0o666, |old| old.mode() & 0o666));
    }

    /// Gives the file the owner and the rights of another. The owner only if the system lets us, as root.
    pub(super) fn inherit(file: &File, old: &Metadata) -> io::Result<()> {
        let own = file.metadata()?;
        let differs = |own: u32, old: u32| (own != old).then_some(old);
        let (user, group) = (differs(own.uid(), old.uid()), differs(own.gid(), old.gid()));
        if fchown(file, user, group).is_err() {
            let _ = fchown(file, None, group);
        }
        file.set_permissions(PermissionsExt::from_mode(old.mode() & 0o777))
    }

    /// Whether the file still has its name.
    pub(super) fn is_named(file: &File) -> io::Result<bool> {
        Ok(file.metadata()?.nlink() > 0)
    }
}

/// Where files begin with the rights of their folder, and one that is open keeps its name.
#[cfg(not(unix))]
mod rights {
    use std::fs::{File, Metadata, OpenOptions};
    use std::io;

    pub(super) fn open_with(_: &mut OpenOptions, _: Option<&Metadata>) {}

    pub(super) fn inherit(file: &File, old: &Metadata) -> io::Result<()> {
        file.set_permissions(old.permissions())
    }

    pub(super) fn is_named(_: &File) -> io::Result<bool> {
        Ok(true)
    }
}
