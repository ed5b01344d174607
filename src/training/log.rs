//! The log of a run: a line of JSON for each epoch, and for steps where asked for.
//!
//! Apart from checkpoints, which are replaced: a log grows, and what a killed run wrote behind its last checkpoint is
//! cut off when the run goes on, so that no line comes twice.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde_json::{Map, Value};

use super::report::{EpochReport, LOSS, Progress};
use crate::error::Error;
use crate::io::FileError;

/// What a line of an epoch says of the run itself, or would be taken for a line of a step by: no measure has such a
/// name.
pub(super) const TAKEN: [&str; 5] = [LOSS, "lr", "epoch", "steps", "batch"];

/// The file, and how much of it is of this run.
pub(super) struct Log {
    file: File,
    place: String,
    len: u64,
}

impl Log {
    /// A new log, or one that goes on behind its first `len` bytes.
    pub(super) fn open(path: &Path, len: Option<u64>) -> Result<Self, Error> {
        let place = path.display().to_string();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(FileError::writing(&place))?;
        }
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(len.is_none()).open(path);
        let mut file = options.map_err(FileError::writing(&place))?;
        let len = kept(&mut file, len.unwrap_or(0), &place)?;
        file.set_len(len).and_then(|()| file.seek(SeekFrom::End(0))).map_err(FileError::writing(&place))?;
        Ok(Self { file, place, len })
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// A line of a step.
    pub(super) fn step(&mut self, now: &Progress<'_>) -> Result<(), Error> {
        let numbers = [("loss", now.loss), ("lr", now.lr), ("norm", now.norm)];
        let counts = [("batch", now.batch as u64), ("epoch", now.epoch), ("steps", now.steps)];
        self.line(counts, numbers.into_iter())
    }

    /// A line of an epoch.
    pub(super) fn epoch(&mut self, report: &EpochReport) -> Result<(), Error> {
        let scores = report.scores.iter().map(|(name, value)| (name.as_str(), *value));
        let numbers = scores.chain([("loss", report.loss), ("lr", report.lr)]);
        self.line([("epoch", report.epoch), ("steps", report.steps)], numbers)
    }

    /// Writes a line at once: what is not in the file is not lost with the process.
    fn line<'n, const N: usize>(
        &mut self,
        counts: [(&'n str, u64); N],
        numbers: impl Iterator<Item = (&'n str, f64)>,
    ) -> Result<(), Error> {
        let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), Value::from(count)));
        // JSON has no NaN: such a number is `null`.
        let fields: Map<String, Value> =
            counts.chain(numbers.map(|(name, number)| (name.to_owned(), Value::from(number)))).collect();
        let line = format!("{}\n", Value::Object(fields));
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.flush())
            .map_err(FileError::writing(&self.place))?;
        self.len += line.len() as u64;
        Ok(())
    }
}

/// How much of the file stays: whole lines.
fn kept(file: &mut File, len: u64, place: &str) -> Result<u64, Error> {
    let there = file.metadata().map_err(FileError::reading(place))?.len();
    let len = len.min(there);
    let Some(last) = len.checked_sub(1) else { return Ok(0) };
    let mut byte = [0];
    let read = file.seek(SeekFrom::Start(last)).and_then(|_| file.read_exact(&mut byte));
    read.map_err(FileError::reading(place))?;
    match byte {
        [b'\n'] => Ok(len),
        _ => Err(FileError::format(place, format!("byte {last} ends no line: it is not the log of this run")).into()),
    }
}
