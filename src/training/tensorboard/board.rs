//! The file of a start: its name, its first events, and what is written to it.
//!
//! Apart from the events and their frame, which are bytes of numbers: here is the file, and the clock.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::event::{Bins, Value, What, event};
use super::record::record;
use crate::device::Device;
use crate::dtype::Real;
use crate::error::Error;
use crate::io::FileError;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// What the names of all event files begin with.
const PREFIX: &str = "events.out.tfevents.";
/// TensorBoard reads files in the order of their names, in which seconds have ten digits.
const LAST_SECOND: u64 = 9_999_999_999;
/// How often a name may be taken.
const TRIES: usize = 100;

/// Writes an event file into the folder of a run: `tensorboard --logdir FOLDER` shows it, also while it grows.
///
/// Each call is in the file when it returns. Numbers become `f32`, as TensorBoard keeps them; NaN and infinities are
/// shown as such. Tags are paths: what has one beginning stands together. One folder for each run; folders beside each
/// other are compared. [`Trainer::tensorboard`](crate::training::Trainer::tensorboard) writes what a run tells.
///
/// ```
/// use congruent::{prelude::*, training::TensorBoard};
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
///
/// let mut board = TensorBoard::create(folder.join("run"))?;
/// for step in 0..100 {
///     board.scalar("loss/train", step, 1.0 / (1.0 + step as f64))?;
/// }
/// board.text("notes", 0, "**Wide** layers.")?;
/// let layer = Linear::<D<3>, D<2>>::new(Key::new(1));
/// board.histogram("weights", 100, &layer.weight.tensor())?;
/// assert!(board.path().starts_with(folder.join("run")) && board.path().exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TensorBoard {
    file: File,
    path: PathBuf,
    len: u64,
    clock: Clock,
}

/// The time in seconds since 1970.
type Clock = fn() -> f64;

fn system_clock() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

impl TensorBoard {
    /// Begins a run: makes the folder, where it is not there, and a file in it. What an earlier run has written there
    /// is shown no more.
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::resume(folder, 0)
    }

    /// Goes on with a run, in a file of its own: what earlier files say of `step` and those behind it is shown no more.
    /// PyTorch's `SummaryWriter(folder, purge_step=step)`.
    ///
    /// A run that was killed had gone on behind its last checkpoint, and takes these steps again.
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses.
    pub fn resume(folder: impl AsRef<Path>, step: u64) -> Result<Self, Error> {
        Self::at(folder.as_ref(), step, system_clock)
    }

    fn at(folder: &Path, step: u64, clock: Clock) -> Result<Self, Error> {
        let place = folder.display().to_string();
        std::fs::create_dir_all(folder).map_err(FileError::writing(&place))?;
        let (file, path) = new_file(folder, clock).map_err(FileError::writing(&place))?;
        let mut board = Self { file, path, len: 0, clock };
        board.write(step, &What::Version)?;
        board.write(step, &What::Start)?;
        Ok(board)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A point of a curve. PyTorch's `add_scalar(tag, value, step)`.
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses; the file is then as it was.
    pub fn scalar(&mut self, tag: &str, step: u64, value: f64) -> Result<(), Error> {
        self.scalars(step, [(tag, value)])
    }

    /// Points of several curves at one step.
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses; the file is then as it was.
    ///
    /// ```
    /// use congruent::training::TensorBoard;
    /// # let folder = tempfile::tempdir()?;
    /// let mut board = TensorBoard::create(folder.path())?;
    /// board.scalars(10, [("loss/train", 0.5), ("loss/test", 0.7)])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scalars<'t>(&mut self, step: u64, values: impl IntoIterator<Item = (&'t str, f64)>) -> Result<(), Error> {
        let values = values.into_iter().map(|(tag, value)| Value::Scalar(tag, value as f32));
        self.write(step, &What::Values(values.collect()))
    }

    /// A text, shown as Markdown. PyTorch's `add_text`.
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses; the file is then as it was.
    pub fn text(&mut self, tag: &str, step: u64, text: &str) -> Result<(), Error> {
        self.write(step, &What::Values(vec![Value::Text(tag, text)]))
    }

    /// How the elements of a tensor are spread, in 30 bins of one width: of those that are finite. PyTorch's
    /// `add_histogram`.
    ///
    /// # Errors
    /// [`Error::Empty`] where no element is finite; [`FileError::Io`] where the system refuses: the file is then as it
    /// was.
    pub fn histogram<S: Shape, E: Real, D: Device>(
        &mut self,
        tag: &str,
        step: u64,
        values: &Tensor<S, E, D>,
    ) -> Result<(), Error> {
        let values = values.to_vec();
        let bins = Bins::of(values.iter().map(|value| value.as_f64()));
        let bins = bins.ok_or_else(|| Error::Empty { what: format!("the histogram `{tag}`") })?;
        self.write(step, &What::Values(vec![Value::Histogram(tag, bins)]))
    }

    /// Writes an event at once, and whole.
    fn write(&mut self, step: u64, what: &What<'_>) -> Result<(), Error> {
        let bytes = record(&event((self.clock)(), step, what));
        if let Err(error) = self.file.write_all(&bytes) {
            // Behind a part of a record nobody reads on.
            let _ = self.file.set_len(self.len);
            return Err(FileError::writing(&self.path.display().to_string())(error).into());
        }
        self.len += bytes.len() as u64;
        Ok(())
    }
}

/// A file whose name is behind those of all others in the folder, however fast runs follow each other.
fn new_file(folder: &Path, clock: Clock) -> std::io::Result<(File, PathBuf)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let mut second = (clock() as u64).min(LAST_SECOND);
    for entry in std::fs::read_dir(folder)?.flatten() {
        let name = entry.file_name();
        let other = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('.').next()?.parse().ok());
        second = second.max(other.map_or(0, |other: u64| other.saturating_add(1).min(LAST_SECOND)));
    }
    for _ in 0..TRIES {
        let (process, number) = (std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(format!("{PREFIX}{second:010}.congruent.{process}.{number}"));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            file => return Ok((file?, path)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Cpu;
    use crate::tensor::Create;

    fn board(folder: &Path, step: u64) -> TensorBoard {
        TensorBoard::at(folder, step, || 1.7e9).expect("the folder can be written")
    }

    /// The events of a file, as bytes.
    fn events(path: &Path) -> Vec<Vec<u8>> {
        let (bytes, mut found) = (std::fs::read(path).expect("it is there"), Vec::new());
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let length = u64::from_le_bytes(rest[..8].try_into().expect("eight bytes")) as usize;
            assert_eq!(rest[..length + 16], record(&rest[12..][..length]), "framed as it should be");
            found.push(rest[12..][..length].to_vec());
            rest = &rest[length + 16..];
        }
        found
    }

    #[test]
    fn a_file_begins_with_its_version_and_a_start() -> Result<(), Error> {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let mut board = board(&folder.path().join("a/run"), 7);
        let (start, time) = ([What::Version, What::Start], 1.7e9);
        assert_eq!(events(board.path()), start.map(|what| event(time, 7, &what)));
        board.scalars(8, [("a", f64::NAN), ("b", 1e300)])?;
        let values = vec![Value::Scalar("a", f32::NAN), Value::Scalar("b", f32::INFINITY)];
        assert_eq!(events(board.path())[2], event(time, 8, &What::Values(values)), "in the file at once");
        Ok(())
    }

    #[test]
    fn files_are_in_the_order_of_their_starts() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let of_others = ["events.out.tfevents.1700000004.host.1.0", "events.out.tfevents.x", "other"];
        for name in of_others {
            std::fs::write(folder.path().join(name), "").expect("it can be written");
        }
        let paths: Vec<PathBuf> = (0..12).map(|_| board(folder.path(), 0).path).collect();
        assert!(paths.is_sorted() && paths[0] > folder.path().join(of_others[0]), "{paths:?}");
        let name = paths[0].file_name().expect("a name").to_string_lossy().into_owned();
        assert!(name.starts_with("events.out.tfevents.1700000005.congruent."), "{name}");
    }

    #[test]
    fn nothing_has_no_histogram() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let mut board = board(folder.path(), 0);
        let error = board.histogram("w", 0, &Cpu.tensor([f32::NAN])).expect_err("no number");
        assert_eq!(error.to_string(), "the histogram `w` is empty");
        assert_eq!(events(board.path()).len(), 2);
    }

    #[test]
    fn a_folder_that_cannot_be_is_an_error() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let error = TensorBoard::create(file.path().join("run")).expect_err("below a file").to_string();
        assert!(error.starts_with(&format!("cannot write {}/run: ", file.path().display())), "{error}");
    }
}
