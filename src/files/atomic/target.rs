//! What stands at a path, and so how it is written: a file that is replaced, or something that is written to.
//!
//! Apart from the writing because every rule about links, nodes and folders is decided here, once.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// Where the content goes.
pub(super) enum Target {
    /// A device, a pipe, a socket: opened.
    InPlace(File),
    /// A regular file, or none yet.
    File {
        /// Its name, behind all links.
        path: PathBuf,
        /// What the system says of the file that is there.
        old: Option<Metadata>,
    },
}

impl Target {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(ErrorKind::IsADirectory.into()),
            Ok(found) if found.is_file() => {
                // Refused for the same reasons as any other write: its rights, a program that runs.
                let old = OpenOptions::new().write(true).open(path)?.metadata()?;
                Ok(Self::File { path: fs::canonicalize(path)?, old: Some(old) })
            }
            Ok(_) => Ok(Self::InPlace(OpenOptions::new().write(true).open(path)?)),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::new_file(path),
            Err(error) => Err(error),
        }
    }

    /// Nothing is there: a new name, or a link to one.
    fn new_file(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            // `net/` names a folder, and `Path` does not tell it from `net`.
            if path.file_name().is_none() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) {
                return Err(ErrorKind::IsADirectory.into());
            }
            match fs::read_link(&path) {
                Ok(next) => path = folder_of(&path).join(next),
                Err(_) => return Ok(Self::File { path, old: None }),
            }
        }
        Err(io::Error::other("too many links"))
    }
}

/// The folder that holds the name.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
