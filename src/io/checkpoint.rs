//! One file of everything that a training goes on from: model, optimizer, and what the user adds.
//!
//! Apart from files of models, which others read too: here model and optimizer are of one step, whenever the process
//! was killed, because they are in one file that takes its name at once.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use super::model::{NewState, numbers_of, state_of};
use super::named::{NewWeights, Saved, names_behind, strictly, tensors_of, write};
use crate::device::Device;
use crate::dtype::{Elem, Real};
use crate::files::entry::NamedTensors;
use crate::files::error::FileError;
use crate::files::raw::RawArray;
use crate::files::safetensors::SafetensorsFile;
use crate::model::{Tree, Weights};
use crate::optim::{Optimizer, Remember};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// What stands before the names of a checkpoint's tensors.
const MODEL: &str = "model.";
const OPTIMIZER: &str = "optimizer.";
const EXTRA: &str = "extra.";

/// A checkpoint of a training: model and optimizer of one step, in one file, with texts, numbers and tensors beside
/// them.
///
/// A `Checkpoint` holds what is beside: the epoch, how many keys were drawn, the losses so far. The file is written
/// aside and renamed, as [`write_atomically`](super::atomic::write_atomically) does: a process that is killed leaves
/// the last checkpoint or the new one, whole. Model and optimizer are written from where they are, without a copy.
///
/// The file is a safetensors file: `model.` and a parameter's path, `optimizer.` and the names of
/// [`Optimizer::visit`], `extra.` and a name of yours; the step and the learning rate are metadata.
///
/// ```
/// use congruent::{io::Checkpoint, prelude::*};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("run.safetensors");
/// let (x, y) = (Cpu.tensor([[1.0], [2.0]]), Cpu.tensor([[2.0], [4.0]]));
/// let mut model = Linear::<D<1>, D<1>>::new(Key::new(0));
/// let mut optimizer = AdamW::new(&model, 0.1);
/// let mut keys = Keys::new(7);
/// for epoch in 0..3 {
///     let (_, grads) = model.value_and_grad(|m| m.forward(&x).mse(&y))?;
///     optimizer.step(&mut model, &grads);
///     let _shuffled = keys.next_key();
///     let beside = Checkpoint::new().text("epoch", epoch).text("keys", keys.handed_out()).tensor("x", &x);
///     beside.save(&path, &model, &optimizer)?;
/// }
///
/// let mut again = Linear::<D<1>, D<1>>::new(Key::new(1));
/// let mut optimizer = AdamW::new(&again, 0.5);
/// let beside = Checkpoint::load(&path, &mut again, &mut optimizer)?;
/// assert_eq!((beside.get::<u32>("epoch")?, optimizer.steps()), (2, 3));
/// assert_eq!(Keys::resume(Key::new(7), beside.get("keys")?).next_key(), keys.next_key());
/// assert_eq!(beside.get_tensor::<Shape![2, 1], f32>("x")?, x);
/// assert_eq!(again.weight.as_slice(), model.weight.as_slice());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Checkpoint {
    texts: BTreeMap<String, String>,
    tensors: BTreeMap<String, RawArray>,
    place: String,
}

impl Checkpoint {
    /// Nothing beside model and optimizer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text, or a number that is written as one; of two with one name the last one stays.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.texts.insert(name.into(), value.to_string());
        self
    }

    /// Adds a copy of a tensor of any dtype; of two with one name the last one stays.
    #[must_use]
    pub fn tensor<S: Shape, E: Elem, D: Device>(mut self, name: impl Into<String>, tensor: &Tensor<S, E, D>) -> Self {
        self.tensors.insert(name.into(), tensor.to_raw());
        self
    }

    /// Writes model, optimizer and what is beside them to one file.
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses; the file of the last checkpoint is then as it was.
    pub fn save<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device>(
        &self,
        path: impl AsRef<Path>,
        model: &M,
        optimizer: &Optimizer<R, M, E, D>,
    ) -> Result<(), FileError> {
        let mut tensors = tensors_of(model, MODEL);
        tensors.extend(state_of(optimizer, OPTIMIZER));
        tensors.extend(self.tensors.iter().map(|(name, array)| Saved::of_array(format!("{EXTRA}{name}"), array)));
        let mut metadata = numbers_of(optimizer, OPTIMIZER);
        metadata.extend(self.texts.iter().map(|(name, text)| (format!("{EXTRA}{name}"), text.clone())));
        write(path.as_ref(), &tensors, &metadata)
    }

    /// Reads model and optimizer from a file, so that training goes on as if it had never stopped, and returns what is
    /// beside them.
    ///
    /// The file must hold just the model's parameters and statistics, and the state of an optimizer of this kind for
    /// them. Weight decay and other settings are not in the file. On an error neither model nor optimizer has changed.
    ///
    /// # Errors
    /// Those of [`Persist::load`](super::Persist::load) and [`Optimizer::load`], with the name of the tensor;
    /// [`FileError::Format`] where the file has no optimizer.
    pub fn load<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device>(
        path: impl AsRef<Path>,
        model: &mut M,
        optimizer: &mut Optimizer<R, M, E, D>,
    ) -> Result<Self, FileError> {
        let mut file = SafetensorsFile::open(path)?;
        let weights = weights(model, &mut file)?;
        let state = NewState::read(optimizer, &mut file, OPTIMIZER)?;
        let beside = Self::beside(&mut file)?;
        // From here on nothing fails.
        weights.put(model);
        state.put(optimizer);
        Ok(beside)
    }

    /// Reads what stands beside model and optimizer alone, to find out whether the file is the one to go on from.
    ///
    /// # Errors
    /// [`FileError::Io`] and [`FileError::Format`] where the file is not there, or no safetensors file.
    ///
    /// ```
    /// use congruent::{io::Checkpoint, prelude::*};
    /// let folder = tempfile::tempdir()?;
    /// let (path, model) = (folder.path().join("run.safetensors"), Linear::<D<1>, D<1>>::new(Key::new(0)));
    /// Checkpoint::new().text("epoch", 3).save(&path, &model, &Sgd::new(&model, 0.1))?;
    /// assert_eq!(Checkpoint::read(&path)?.get::<u32>("epoch")?, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FileError> {
        Self::beside(&mut SafetensorsFile::open(path)?)
    }

    /// Reads the model of a checkpoint alone, to infer with it; the state of its optimizer is not read.
    ///
    /// # Errors
    /// Those of [`load`](Self::load); the model is then as it was.
    pub fn load_model<M: Tree<Weights<E, D>>, E: Real, D: Device>(
        path: impl AsRef<Path>,
        model: &mut M,
    ) -> Result<Self, FileError> {
        let mut file = SafetensorsFile::open(path)?;
        let weights = weights(model, &mut file)?;
        let beside = Self::beside(&mut file)?;
        weights.put(model);
        Ok(beside)
    }

    fn beside(file: &mut SafetensorsFile) -> Result<Self, FileError> {
        let texts = file.metadata().iter().filter_map(|(name, text)| Some((name.strip_prefix(EXTRA)?, text)));
        let texts = texts.map(|(name, text)| (name.to_owned(), text.clone())).collect();
        let names: Vec<String> = names_behind(file, EXTRA).map(str::to_owned).collect();
        let tensors = names.into_iter().map(|name| file.get(&format!("{EXTRA}{name}")).map(|array| (name, array)));
        Ok(Self { texts, tensors: tensors.collect::<Result<_, _>>()?, place: file.place().to_owned() })
    }

    /// A text of the checkpoint, as the type that is asked for.
    ///
    /// # Errors
    /// [`FileError::MissingArray`] with the names that are there; [`FileError::Format`] where it is none of the type.
    pub fn get<T: FromStr>(&self, name: &str) -> Result<T, FileError> {
        let names = || self.texts.keys().collect::<Vec<_>>();
        let text = self.texts.get(name).ok_or_else(|| FileError::missing(&self.place, name, &names()))?;
        let misfit = || {
            let wanted = std::any::type_name::<T>();
            FileError::format(&self.place, format!("`{name}` is `{text}`, which is no {wanted}"))
        };
        text.parse().map_err(|_| misfit())
    }

    /// A tensor that was added to the checkpoint.
    ///
    /// # Errors
    /// [`FileError::MissingArray`] with the names that are there; those of [`RawArray::tensor`].
    pub fn get_tensor<S: Shape, E: Elem>(&self, name: &str) -> Result<Tensor<S, E>, FileError> {
        let names = || self.tensors.keys().collect::<Vec<_>>();
        let array = self.tensors.get(name).ok_or_else(|| FileError::missing(&self.place, name, &names()))?;
        array.tensor(name)
    }

    /// The texts beside model and optimizer.
    pub fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }

    /// The tensors beside model and optimizer.
    pub fn tensors(&self) -> &BTreeMap<String, RawArray> {
        &self.tensors
    }
}

fn weights<M: Tree<Weights<E, D>>, E: Real, D: Device>(
    model: &M,
    file: &mut SafetensorsFile,
) -> Result<NewWeights<E>, FileError> {
    let present: Vec<String> = names_behind(file, MODEL).map(str::to_owned).collect();
    let place = format!("{}, model", file.place());
    let accept = |unmatched: &_| strictly(&place, &present, unmatched);
    Ok(NewWeights::read(model, file, MODEL, accept)?.0)
}
