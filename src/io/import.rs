//! Files that another program wrote for its own model: other names, matrices the other way round, more or less in them.
//!
//! Apart from `model`, which takes a file as it is: here the user says what differs, and nothing is guessed.

use super::named::{NewWeights, Unmatched, check_shape, read_entry, strictly, wanted};
use super::tensor::check_dtype;
use crate::device::{Buf, Device};
use crate::dtype::{Elem, Real};
use crate::files::entry::{NamedTensors, TensorEntry};
use crate::files::error::FileError;
use crate::model::{Tree, Weights};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// How the tensors of a file become those of a model: for [`Persist::load_with`](super::Persist::load_with).
///
/// ```
/// use congruent::{io::{Import, safetensors::write_safetensors}, nn::Relu, prelude::*};
///
/// // What PyTorch's `nn.Sequential` saves under `net.`, beside a counter: weights are (out, in).
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("state_dict.safetensors");
/// let tensors = [
///     ("net.0.weight", Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).to_raw()),
///     ("net.0.bias", Cpu.tensor([0.5, -0.5]).to_raw()),
///     ("net.1.num_batches_tracked", Cpu.tensor([7]).to_raw()),
/// ];
/// write_safetensors(&path, &tensors, &Default::default())?;
///
/// let mut model = (Linear::<D<3>, D<2>>::new(Key::new(0)), Relu);
/// let import = Import::pytorch().rename(|name| name.replace("net.", ""));
/// model.load_with(&path, &import)?;
/// let y = model.infer(|m| m.forward(&Cpu.tensor([[1.0, 0.0, 0.0]])).eval())?;
/// assert_eq!(y.as_slice(), [1.5, 3.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "it is read by `model.load_with(path, &import)`"]
pub struct Import<'f> {
    renames: Vec<Box<dyn Fn(&str) -> String + 'f>>,
    ignored: Vec<Box<dyn Fn(&str) -> bool + 'f>>,
    only: Option<Box<dyn Fn(&str) -> bool + 'f>>,
    transposed: Transposed<'f>,
    partial: bool,
}

/// Which matrices of the file are the other way round.
enum Transposed<'f> {
    None,
    /// Those that their layers mark.
    OfPyTorch,
    By(Box<dyn Fn(&str, &[usize]) -> bool + 'f>),
}

impl<'f> Import<'f> {
    /// The file is taken as it is, as by [`load`](super::Persist::load), until something else is said.
    pub fn new() -> Self {
        let transposed = Transposed::None;
        Import { renames: Vec::new(), ignored: Vec::new(), only: None, transposed, partial: false }
    }

    /// A state dict of PyTorch: weights of [`Linear`](crate::nn::Linear), and of whatever else is marked by
    /// `#[model(transposed)]`, lie as `(out, in)` there and are turned, square ones, too; `num_batches_tracked` of
    /// normalisations is ignored.
    pub fn pytorch() -> Self {
        let import = Import { transposed: Transposed::OfPyTorch, ..Self::new() };
        import.ignore(|name| name == "num_batches_tracked" || name.ends_with(".num_batches_tracked"))
    }

    /// Gives each tensor of the file the name that the model has for it. Of several calls each is given what the one
    /// before made. Two tensors that get one name are [`FileError::Format`].
    pub fn rename(mut self, rename: impl Fn(&str) -> String + 'f) -> Self {
        self.renames.push(Box::new(rename));
        self
    }

    /// Leaves out what the file has under these names, its own, before they are changed.
    pub fn ignore(mut self, ignored: impl Fn(&str) -> bool + 'f) -> Self {
        self.ignored.push(Box::new(ignored));
        self
    }

    /// Says which matrices of the file lie the other way round, by the model's names and sizes, in place of what
    /// [`pytorch`](Import::pytorch) says. What is chosen and has not two axes is [`FileError::Format`].
    pub fn transposed(mut self, transposed: impl Fn(&str, &[usize]) -> bool + 'f) -> Self {
        self.transposed = Transposed::By(Box::new(transposed));
        self
    }

    /// Loads only these parameters and statistics, by the model's names; the others stay as they are.
    pub fn only(mut self, only: impl Fn(&str) -> bool + 'f) -> Self {
        self.only = Some(Box::new(only));
        self
    }

    /// Takes what file and model have in common, PyTorch's `strict=False`: what one of them lacks is returned, and is
    /// no error.
    pub fn partial(mut self) -> Self {
        self.partial = true;
        self
    }

    fn name(&self, own: &str) -> String {
        self.renames.iter().fold(own.to_owned(), |name, rename| rename(&name))
    }

    fn takes(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only(name))
    }

    fn turns(&self, name: &str, dims: &[usize], marked: bool) -> bool {
        match &self.transposed {
            Transposed::None => false,
            Transposed::OfPyTorch => marked,
            Transposed::By(choose) => choose(name, dims),
        }
    }

    /// The model's names for the tensors of a file, and the file's own, in its order.
    fn named(&self, file: &dyn NamedTensors) -> Result<Vec<(String, String)>, FileError> {
        let mut origins: HashMap<String, &str> = HashMap::new();
        let mut named = Vec::new();
        for own in file.names().filter(|own| !self.ignored.iter().any(|ignored| ignored(own))) {
            let name = self.name(own);
            if let Some(other) = origins.insert(name.clone(), own) {
                return Err(FileError::format(file.place(), format!("`{other}` and `{own}` both become `{name}`")));
            }
            named.push((name, own.to_owned()));
        }
        Ok(named)
    }

    /// Reads what a model takes from a file. The model is only looked at.
    pub(super) fn read<M: Tree<Weights<E, D>>, E: Real, D: Device>(
        &self,
        model: &M,
        file: &mut dyn NamedTensors,
    ) -> Result<(NewWeights<E>, Unmatched), FileError> {
        let (all, named) = (wanted::<M, E, D>(model), self.named(file)?);
        let known: HashSet<&str> = all.iter().map(|wanted| wanted.name.as_str()).collect();
        let present: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
        let strange = named.iter().filter(|(name, _)| !known.contains(name.as_str()));
        let unexpected = strange.map(|(_, own)| own.clone()).collect();
        let (mut unmatched, mut taken) = (Unmatched { missing: Vec::new(), unexpected }, Vec::new());
        let mut found: HashMap<String, String> = named.into_iter().collect();
        // All of the header before any of the data.
        for wanted in all.iter().filter(|wanted| self.takes(&wanted.name)) {
            let Some(own) = found.remove(&wanted.name) else {
                unmatched.missing.push(wanted.name.clone());
                continue;
            };
            let entry = file.entry_of(&own)?;
            let (name, dtype) = (&wanted.name, file.dtype_of(&entry, &wanted.name)?);
            if wanted.is_stat {
                check_dtype::<E::Precise>(name, dtype)?
            } else {
                check_dtype::<E>(name, dtype)?
            }
            let turned = self.turns(name, &wanted.dims, wanted.transposed);
            match (turned, &wanted.dims[..]) {
                (true, &[rows, columns]) => check_shape(name, &entry, &[columns, rows])?,
                (true, dims) => {
                    return Err(FileError::format(name, format!("shape {dims:?}: only matrices can be transposed")));
                }
                (false, dims) => check_shape(name, &entry, dims)?,
            }
            taken.push((wanted, entry, turned));
        }
        if self.only.is_some() && !all.iter().any(|wanted| self.takes(&wanted.name)) {
            return Err(FileError::format(file.place(), "`only` names no tensor of the model"));
        }
        if !self.partial {
            strictly(file.place(), &present, &unmatched)?;
        }
        let mut new = NewWeights::default();
        for (wanted, entry, turned) in taken {
            let name = wanted.name.clone();
            if wanted.is_stat {
                new.stats.insert(name, elements(file, &entry, turned)?);
            } else {
                new.params.insert(name, elements(file, &entry, turned)?);
            }
        }
        Ok((new, unmatched))
    }
}

impl Default for Import<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Import<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import").field("partial", &self.partial).finish_non_exhaustive()
    }
}

/// The elements of a tensor, as they lie in the file or the other way round.
fn elements<E: Elem>(file: &mut dyn NamedTensors, entry: &TensorEntry, turned: bool) -> Result<Buf<E>, FileError> {
    let there: Buf<E> = read_entry(file, entry)?;
    let (true, &[rows, columns]) = (turned, &entry.shape[..]) else { return Ok(there) };
    let values = there.host();
    // Element (i, j) of the model is (j, i) of the file, whose rows are the model's columns.
    Ok(Buf::from_fn(values.len(), |place| values[place % rows * columns + place / rows]))
}
