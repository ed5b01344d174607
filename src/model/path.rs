//! Names of parameters, `blocks.3.up.weight`, as lists on the stack: walking a model allocates nothing.

use std::fmt;

/// Where a parameter stands in its model.
#[derive(Clone, Copy)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    segment: Segment,
    transposed: bool,
}

#[derive(Clone, Copy)]
enum Segment {
    Root,
    Field(&'static str),
    Index(usize),
}

impl Path<'static> {
    /// The model itself.
    pub const ROOT: Path<'static> = Path { parent: None, segment: Segment::Root, transposed: false };
}

impl Path<'_> {
    /// A field of what stands here.
    pub fn field(&self, name: &'static str) -> Path<'_> {
        Path { parent: Some(self), segment: Segment::Field(name), transposed: false }
    }

    /// An element of the list that stands here.
    pub fn index(&self, index: usize) -> Path<'_> {
        Path { parent: Some(self), segment: Segment::Index(index), transposed: self.transposed }
    }

    /// The same place, where stands a matrix that PyTorch keeps as `(out, in)`: what `#[model(transposed)]` says.
    #[must_use]
    pub fn transposed(mut self) -> Self {
        self.transposed = true;
        self
    }

    /// Whether PyTorch keeps this matrix the other way round.
    pub fn is_transposed(&self) -> bool {
        self.transposed
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
            if !matches!(parent.segment, Segment::Root) {
                f.write_str(".")?;
            }
        }
        match self.segment {
            Segment::Root => Ok(()),
            Segment::Field(name) => f.write_str(name),
            Segment::Index(index) => write!(f, "{index}"),
        }
    }
}

impl fmt::Debug for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn names_are_joined_by_dots() {
        let blocks = Path::ROOT.field("blocks");
        let third = blocks.index(3);
        assert_eq!(third.field("weight").to_string(), "blocks.3.weight");
        assert_eq!(Path::ROOT.to_string(), "");
        let lists = Path::ROOT.field("lists").transposed();
        assert!(lists.index(0).is_transposed() && !lists.index(0).field("weight").is_transposed());
    }
}
