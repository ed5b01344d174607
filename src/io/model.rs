//! Models and optimizers to and from safetensors files: each tensor under its path, `blocks.3.up.weight`.
//!
//! Apart from `tensor` because a model is loaded whole or not at all: every name, dtype and shape is checked, and every
//! byte read, before the first weight changes.

use std::collections::{BTreeMap, HashSet};
use std::path::Path as FilePath;
use std::str::FromStr;

use super::import::Import;
use super::named::{NewWeights, Saved, Unmatched, check_shape, names_behind, read_entry, strictly, tensors_of, write};
use super::tensor::check_dtype;
use crate::device::{Buf, Device};
use crate::dtype::{Elem, Real};
use crate::error::Error;
use crate::files::entry::NamedTensors;
use crate::files::error::FileError;
use crate::files::open::open_named;
use crate::files::safetensors::SafetensorsFile;
use crate::model::{Tree, Weights};
use crate::optim::{Gathered, Optimizer, Remember, is_setting};

/// Saving and loading, for every model that holds [`Weights`].
pub trait Persist<E: Real, D: Device>: Tree<Weights<E, D>> {
    /// Writes every parameter and statistic to a safetensors file, under its path, from where it is in memory.
    ///
    /// The file is written aside and renamed: a failure leaves an older file as it was. A training that shall go on
    /// later is saved with its optimizer by a [`Checkpoint`](super::Checkpoint).
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses.
    ///
    /// ```
    /// use congruent::{nn::Linear, prelude::*};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("best.safetensors");
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// model.save(&path)?;
    ///
    /// let mut again = Linear::<D<3>, D<2>>::new(Key::new(1));
    /// again.load(&path)?;
    /// assert_eq!(again.weight.as_slice(), model.weight.as_slice());
    ///
    /// let mut wider = Linear::<D<3>, D<5>>::new(Key::new(0));
    /// let error = wider.load(&path).unwrap_err();
    /// assert_eq!(error.to_string(), "weight: the file holds shape [3, 2], wanted [3, 5]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn save(&self, path: impl AsRef<FilePath>) -> Result<(), FileError> {
        write(path.as_ref(), &tensors_of(self, ""), &BTreeMap::new())
    }

    /// Takes every parameter and statistic from a safetensors file, or from several, by the path of their
    /// [index](super::SafetensorsIndex). On an error the model is as it was.
    ///
    /// The file must hold just the model's names, with its shapes and element type. Nothing is converted: a file of
    /// another type is loaded into a model of that type, and [`cast`](crate::model::Inspect::cast). Nor is anything
    /// turned: weights that PyTorch wrote lie as `(out, in)`, and a square one would be taken as it is; state dicts are
    /// loaded by [`load_with`](Persist::load_with).
    ///
    /// # Errors
    /// [`FileError::MissingArray`], with the nearest name in the file; [`FileError::WrongDtype`];
    /// [`FileError::WrongShape`]; [`FileError::UnexpectedArrays`] where the file has more than the model; those of
    /// [`SafetensorsFile`] where the file is damaged.
    fn load(&mut self, path: impl AsRef<FilePath>) -> Result<(), FileError> {
        let mut file = open_named(path.as_ref())?;
        let (place, present): (_, Vec<String>) = (file.place().to_owned(), names(&*file, ""));
        let accept = |unmatched: &Unmatched| strictly(&place, &present, unmatched);
        let (new, _) = NewWeights::read(self, &mut *file, "", accept)?;
        new.put(self);
        Ok(())
    }

    /// Takes from a file what it has of the model, and returns the names that only one of them has: what PyTorch calls
    /// `strict=False`. On an error the model is as it was.
    ///
    /// # Errors
    /// Those of [`load`](Persist::load) but for names: what both have must have one dtype and shape.
    ///
    /// ```
    /// use congruent::{nn::Relu, prelude::*};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("backbone.safetensors");
    /// let backbone = (Linear::<D<3>, D<4>>::new(Key::new(0)), Relu);
    /// backbone.save(&path)?;
    ///
    /// let mut model = (Linear::<D<3>, D<4>>::new(Key::new(1)), Relu, Linear::<D<4>, D<2>>::new(Key::new(2)));
    /// let unmatched = model.load_matching(&path)?;
    /// assert_eq!(unmatched.missing, ["2.weight", "2.bias"]);
    /// assert!(unmatched.unexpected.is_empty());
    /// assert_eq!(model.0.weight.as_slice(), backbone.0.weight.as_slice());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn load_matching(&mut self, path: impl AsRef<FilePath>) -> Result<Unmatched, FileError> {
        let mut file = open_named(path.as_ref())?;
        let (new, unmatched) = NewWeights::read(self, &mut *file, "", |_| Ok(()))?;
        new.put(self);
        Ok(unmatched)
    }

    /// Takes parameters and statistics from a file that another program wrote, as an [`Import`] says: other names,
    /// matrices the other way round, a part of them. The file is one of safetensors, an
    /// [index](super::SafetensorsIndex) of several, or [GGUF](super::GgufFile): its first bytes say which.
    ///
    /// Returns the names that only one of the two has, the file's being its own; there are none unless the import is
    /// [`partial`](Import::partial). On an error the model is as it was.
    ///
    /// # Errors
    /// Those of [`load`](Persist::load); [`FileError::Format`] where two tensors get one name.
    ///
    /// ```
    /// use congruent::{io::Import, nn::Relu, prelude::*};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("backbone.safetensors");
    /// let backbone = (Linear::<D<3>, D<4>>::new(Key::new(0)), Relu);
    /// backbone.save(&path)?;
    ///
    /// let mut model = (Linear::<D<4>, D<2>>::new(Key::new(1)), Linear::<D<3>, D<4>>::new(Key::new(2)));
    /// let import = Import::new().rename(|name| name.replace("0.", "1.")).only(|name| name.starts_with("1."));
    /// model.load_with(&path, &import)?;
    /// assert_eq!(model.1.weight.as_slice(), backbone.0.weight.as_slice());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn load_with(&mut self, path: impl AsRef<FilePath>, import: &Import<'_>) -> Result<Unmatched, FileError> {
        let mut file = open_named(path.as_ref())?;
        let (new, unmatched) = import.read(self, &mut *file)?;
        new.put(self);
        Ok(unmatched)
    }
}
impl<E: Real, D: Device, M: Tree<Weights<E, D>>> Persist<E, D> for M {}

impl<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    /// Writes the state to a safetensors file: each tensor under its parameter's path and its own name, the number of
    /// steps and the learning rate as metadata. Written aside and renamed, as [`Persist::save`]; together with its
    /// model, and of one step with it, by a [`Checkpoint`](super::Checkpoint).
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses.
    ///
    /// ```
    /// use congruent::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("optimizer.safetensors");
    /// let mut model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let mut optimizer = AdamW::new(&model, 1e-3);
    /// let (_, grads) = model.value_and_grad(|m| m.forward(&Cpu.ones::<Shape![1, 3]>()).sum())?;
    /// optimizer.step(&mut model, &grads);
    /// optimizer.save(&path)?;
    ///
    /// let mut again = AdamW::new(&model, 0.1);
    /// again.load(&path)?;
    /// assert_eq!((again.steps(), again.lr()), (1, 1e-3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<FilePath>) -> Result<(), FileError> {
        write(path.as_ref(), &state_of(self, ""), &numbers_of(self, ""))
    }

    /// Takes the state, the number of steps and the learning rate from a file, so that training goes on as if it had
    /// never stopped. On an error the optimizer is as it was.
    ///
    /// A file without any tensor is that of an optimizer before its first step. Weight decay and other settings are not
    /// in the file.
    ///
    /// # Errors
    /// [`FileError::MissingArray`], [`FileError::UnexpectedArrays`], [`FileError::WrongDtype`],
    /// [`FileError::WrongShape`]; [`FileError::Format`] where steps or learning rate are missing or no such numbers.
    pub fn load(&mut self, path: impl AsRef<FilePath>) -> Result<(), Error> {
        let state = NewState::read(self, &mut SafetensorsFile::open(path)?, "")?;
        state.put(self);
        Ok(())
    }
}

/// The names that an optimizer's numbers have in the metadata.
const STEPS: &str = "steps";
const RATE: &str = "learning_rate";

/// The state of an optimizer, under its names behind a prefix.
pub(super) fn state_of<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device>(
    optimizer: &Optimizer<R, M, E, D>,
    prefix: &str,
) -> Vec<Saved> {
    let saved = |(name, buf, device): (String, Buf<E::Precise>, D)| {
        let shape = vec![buf.len()];
        Saved::new(format!("{prefix}{name}"), shape, buf, device)
    };
    optimizer.state().into_iter().map(saved).collect()
}

/// The numbers of an optimizer, as metadata behind a prefix.
pub(super) fn numbers_of<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device>(
    optimizer: &Optimizer<R, M, E, D>,
    prefix: &str,
) -> BTreeMap<String, String> {
    let numbers = [(STEPS, optimizer.steps().to_string()), (RATE, optimizer.lr().to_string())];
    numbers.map(|(name, text)| (format!("{prefix}{name}"), text)).into()
}

/// New state for an optimizer: read, and found to be its own.
pub(super) struct NewState<E: Real> {
    steps: u64,
    lr: f64,
    slots: Gathered<E>,
}

impl<E: Real> NewState<E> {
    /// Reads what an optimizer takes from the names of a file that begin with a prefix. It is only looked at.
    pub(super) fn read<R: Remember, M: Tree<Weights<E, D>>, D: Device>(
        optimizer: &Optimizer<R, M, E, D>,
        file: &mut SafetensorsFile,
        prefix: &str,
    ) -> Result<Self, FileError> {
        let steps = number(file, &format!("{prefix}{STEPS}"))?;
        let lr: f64 = number(file, &format!("{prefix}{RATE}"))?;
        if !is_setting(lr) {
            let what = format!("the learning rate is {lr}: it is finite and not negative");
            return Err(FileError::format(file.place(), what));
        }
        let (mut asked, mut failed) = (HashSet::new(), None);
        let slots = optimizer.gather(|name, len, device| {
            asked.insert(name.to_owned());
            let read = read_state(file, prefix, name, len).map(|found| found.map(|buf| device.adopt(buf)));
            read.unwrap_or_else(|error| {
                failed.get_or_insert(error);
                None
            })
        });
        failed.map_or(Ok(()), Err)?;
        if let Some(spoilt) = &slots.spoilt {
            return Err(FileError::format(file.place(), format!("{spoilt} skipped steps: it counts from 0")));
        }
        let present = names(file, prefix);
        let unexpected = present.iter().filter(|name| !asked.contains(*name)).cloned().collect();
        // A file without any tensor is that of an optimizer before its first step.
        let steps_of_file = if present.is_empty() { 0 } else { steps };
        let missing = slots.missing(steps_of_file).map(str::to_owned).collect();
        let place = if prefix.is_empty() { file.place().to_owned() } else { format!("{}, optimizer", file.place()) };
        strictly(&place, &present, &Unmatched { missing, unexpected })?;
        Ok(Self { steps, lr, slots })
    }

    /// Gives the optimizer its new state. Nothing can fail here.
    pub(super) fn put<R: Remember, M: Tree<Weights<E, D>>, D: Device>(self, optimizer: &mut Optimizer<R, M, E, D>) {
        optimizer.put(self.slots);
        optimizer.set_steps(self.steps);
        optimizer.set_lr(self.lr);
    }
}

/// A tensor of state, if the file has it.
fn read_state<E: Elem>(
    file: &mut SafetensorsFile,
    prefix: &str,
    name: &str,
    len: usize,
) -> Result<Option<Buf<E>>, FileError> {
    let Some(entry) = file.find(&format!("{prefix}{name}"))? else { return Ok(None) };
    check_dtype::<E>(name, entry.dtype.known(name)?)?;
    check_shape(name, &entry, &[len])?;
    read_entry(file, &entry).map(Some)
}

fn names(file: &dyn NamedTensors, prefix: &str) -> Vec<String> {
    names_behind(file, prefix).map(str::to_owned).collect()
}

/// A number of the metadata.
fn number<T: FromStr>(file: &SafetensorsFile, name: &str) -> Result<T, FileError> {
    let text = file.metadata().get(name);
    let found = || text.map_or("nothing".to_owned(), |text| format!("`{text}`"));
    let wrong =
        || FileError::format(file.place(), format!("the metadata has {} under `{name}`, wanted a number", found()));
    text.and_then(|text| text.parse().ok()).ok_or_else(wrong)
}
