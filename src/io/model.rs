//! Models and optimizers to and from safetensors files: each tensor under its path, `blocks.3.up.weight`.
//!
//! Apart from `tensor` because a model is loaded whole or not at all: every name, dtype and shape is checked, and every
//! byte read, before the first weight changes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path as FilePath;
use std::str::FromStr;

use super::error::FileError;
use super::raw::RawArray;
use super::safetensors::{SafetensorsFile, TensorEntry, write_safetensors};
use super::tensor::{check_dtype, decode, dtype_of, encode};
use crate::device::{Buf, Device};
use crate::dtype::{Elem, Real};
use crate::error::Error;
use crate::model::{Each, EachMut, Map, Path, Tree, Weights};
use crate::optim::{Optimizer, Rule};

/// Saving and loading, for every model that holds [`Weights`].
pub trait Persist<E: Real, D: Device>: Tree<Weights<E, D>> {
    /// Writes every parameter and statistic to a safetensors file, under its path.
    ///
    /// The file is written aside and renamed: a failure leaves an older file as it was.
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
        let mut tensors = Vec::new();
        let _ = Tree::map::<Each<(), E, D>, _>(self, &mut Encode(&mut tensors), &Path::ROOT);
        write_safetensors(path, &tensors, &BTreeMap::new())
    }

    /// Takes every parameter and statistic from a safetensors file. On an error the model is as it was.
    ///
    /// The file must hold just the model's names, with its shapes and element type. Nothing is converted: a file of
    /// another type is loaded into a model of that type, and [`cast`](crate::model::Inspect::cast).
    ///
    /// # Errors
    /// [`FileError::MissingArray`], with the nearest name in the file; [`FileError::WrongDtype`];
    /// [`FileError::WrongShape`]; [`FileError::UnexpectedArrays`] where the file has more than the model; those of
    /// [`SafetensorsFile`] where the file is damaged.
    fn load(&mut self, path: impl AsRef<FilePath>) -> Result<(), FileError> {
        let place = path.as_ref().display().to_string();
        let mut file = SafetensorsFile::open(path)?;
        let mut wanted = Outline::default();
        let _ = Tree::map::<Each<(), E, D>, _>(self, &mut wanted, &Path::ROOT);
        check_all::<E>(&place, &wanted.0, file.entries())?;
        let mut values = Replace { params: HashMap::new(), stats: HashMap::new() };
        for Wanted { name, stat, .. } in wanted.0 {
            let bytes = file.get(&name)?.bytes;
            if stat {
                values.stats.insert(name, decode(&bytes));
            } else {
                values.params.insert(name, decode(&bytes));
            }
        }
        self.each_mut(&mut values, &Path::ROOT);
        Ok(())
    }
}
impl<E: Real, D: Device, M: Tree<Weights<E, D>>> Persist<E, D> for M {}

impl<R: Rule, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    /// Writes the state to a safetensors file: each tensor under its parameter's path and its own name, the number of
    /// steps and the learning rate as metadata. Written aside and renamed, as [`Persist::save`].
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
        let mut tensors = Vec::new();
        self.visit(|name, values| {
            let (dtype, shape) = (dtype_of::<E::Precise>(), vec![values.len()]);
            let array = RawArray { dtype, shape, bytes: encode(values) };
            tensors.push((name.to_owned(), array));
        });
        let numbers = [(STEPS, self.steps().to_string()), (RATE, self.lr().to_string())];
        write_safetensors(path, &tensors, &numbers.map(|(name, text)| (name.to_owned(), text)).into())
    }

    /// Takes the state, the number of steps and the learning rate from a file, so that training goes on as if it had
    /// never stopped. On an error the optimizer is as it was.
    ///
    /// A file without any tensor is that of an optimizer before its first step. Weight decay and other settings are not
    /// in the file.
    ///
    /// # Errors
    /// [`FileError::MissingArray`], [`FileError::UnexpectedArrays`], [`FileError::WrongDtype`], [`FileError::Format`]
    /// where steps or learning rate are missing, [`Error::Value`] for another number of elements.
    pub fn load(&mut self, path: impl AsRef<FilePath>) -> Result<(), Error> {
        let place = path.as_ref().display().to_string();
        let mut file = SafetensorsFile::open(path)?;
        let (steps, lr) = (number(&place, &file, STEPS)?, number(&place, &file, RATE)?);
        let names: Vec<String> = file.entries().iter().map(|entry| entry.name.clone()).collect();
        let mut state = HashMap::new();
        for name in &names {
            let array = file.get(name)?;
            check_dtype::<E::Precise>(name, array.dtype)?;
            state.insert(name.clone(), decode::<E::Precise>(&array.bytes).to_vec());
        }
        let all = |values: &[E::Precise]| values.first().is_some_and(|count| count.as_f64() as u64 >= steps);
        let unrenewed: HashSet<String> =
            state.iter().filter(|(_, values)| all(values)).map(|(name, _)| name.clone()).collect();
        // A parameter that no step has renewed has no state.
        let untouched = |name: &str| {
            let skipped = format!("{}.skipped", name.rsplit_once('.').map_or("", |(parameter, _)| parameter));
            unrenewed.contains(&skipped) || name.ends_with(".skipped") || name.ends_with(".exact")
        };
        let (mut before, mut missing) = (HashMap::new(), None);
        self.visit(|name, values| drop(before.insert(name.to_owned(), values.to_vec())));
        self.restore(|name| {
            let found = state.remove(name);
            if found.is_none() && missing.is_none() && !names.is_empty() && !untouched(name) {
                missing = Some(FileError::missing(&place, name, &names));
            }
            found
        })?;
        let left: Vec<String> = names.into_iter().filter(|name| state.contains_key(name)).collect();
        let extra = (!left.is_empty()).then_some(FileError::UnexpectedArrays { place, names: left });
        if let Some(error) = missing.or(extra) {
            self.restore(|name| before.remove(name))?;
            return Err(error.into());
        }
        self.set_steps(steps);
        self.set_lr(lr);
        Ok(())
    }
}

/// The names that an optimizer's numbers have in the metadata.
const STEPS: &str = "steps";
const RATE: &str = "learning_rate";

/// A number of the metadata.
fn number<T: FromStr>(place: &str, file: &SafetensorsFile, name: &str) -> Result<T, FileError> {
    let text = file.metadata().get(name);
    let found = || text.map_or("nothing".to_owned(), |text| format!("`{text}`"));
    let wrong = || FileError::format(place, format!("the metadata has {} under `{name}`, wanted a number", found()));
    text.and_then(|text| text.parse().ok()).ok_or_else(wrong)
}

/// Holds the outline of a model against the list of a file.
fn check_all<E: Real>(place: &str, wanted: &[Wanted], found: &[TensorEntry]) -> Result<(), FileError> {
    let by_name: HashMap<&str, &TensorEntry> = found.iter().map(|entry| (entry.name.as_str(), entry)).collect();
    for Wanted { name, dims, stat } in wanted {
        let Some(entry) = by_name.get(name.as_str()) else {
            let present: Vec<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
            return Err(FileError::missing(place, name, &present));
        };
        match stat {
            true => check_dtype::<E::Precise>(name, entry.dtype.known(name)?)?,
            false => check_dtype::<E>(name, entry.dtype.known(name)?)?,
        }
        if entry.shape != *dims {
            let (found, wanted) = (entry.shape.clone(), format!("{dims:?}"));
            return Err(FileError::WrongShape { name: name.clone(), found, wanted });
        }
    }
    let known: HashMap<&str, &Wanted> = wanted.iter().map(|wanted| (wanted.name.as_str(), wanted)).collect();
    let names = found.iter().map(|entry| &entry.name).filter(|name| !known.contains_key(name.as_str()));
    match names.cloned().collect::<Vec<_>>() {
        names if names.is_empty() => Ok(()),
        names => Err(FileError::UnexpectedArrays { place: place.to_owned(), names }),
    }
}

/// Name and sizes of every parameter and statistic; the elements stay where they are.
#[derive(Default)]
struct Outline(Vec<Wanted>);

/// A tensor of the model. Statistics are kept in a type of their own, [`Real::Precise`].
struct Wanted {
    name: String,
    dims: Vec<usize>,
    stat: bool,
}

impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Each<(), E, D>> for Outline {
    fn param(&mut self, at: &Path<'_>, dims: &[usize], _: &'a (Buf<E>, D)) {
        self.0.push(Wanted { name: at.to_string(), dims: dims.to_vec(), stat: false });
    }
    fn stat(&mut self, at: &Path<'_>, dims: &[usize], _: &'a (Buf<E::Precise>, D)) {
        self.0.push(Wanted { name: at.to_string(), dims: dims.to_vec(), stat: true });
    }
}

/// Every parameter and statistic as the bytes of a file.
struct Encode<'t>(&'t mut Vec<(String, RawArray)>);

impl Encode<'_> {
    fn push<E: Elem, D: Device>(&mut self, at: &Path<'_>, dims: &[usize], (buf, device): &(Buf<E>, D)) {
        let (dtype, bytes) = (dtype_of::<E>(), encode(&device.download(buf)));
        self.0.push((at.to_string(), RawArray { dtype, shape: dims.to_vec(), bytes }));
    }
}

impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Each<(), E, D>> for Encode<'_> {
    fn param(&mut self, at: &Path<'_>, dims: &[usize], x: &'a (Buf<E>, D)) {
        self.push(at, dims, x);
    }
    fn stat(&mut self, at: &Path<'_>, dims: &[usize], x: &'a (Buf<E::Precise>, D)) {
        self.push(at, dims, x);
    }
}

/// New elements by name, which were checked.
struct Replace<E: Real> {
    params: HashMap<String, Buf<E>>,
    stats: HashMap<String, Buf<E::Precise>>,
}

fn replace<E: Elem, D: Device>(new: &mut HashMap<String, Buf<E>>, at: &Path<'_>, (buf, device): &mut (Buf<E>, D)) {
    // By name, not by order: a hand-written `Tree` may visit in another order than it maps.
    let values = new.remove(&at.to_string()).filter(|values| values.len() == buf.len());
    *buf = device.adopt(values.expect("`map` and `each_mut` visit the same parameters"));
}

impl<E: Real, D: Device> EachMut<Weights<E, D>> for Replace<E> {
    fn param(&mut self, at: &Path<'_>, _: &[usize], x: &mut (Buf<E>, D)) {
        replace(&mut self.params, at, x);
    }
    fn stat(&mut self, at: &Path<'_>, _: &[usize], x: &mut (Buf<E::Precise>, D)) {
        replace(&mut self.stats, at, x);
    }
}
