//! GGUF files by hand, byte by byte, so that each byte can lie.

use congruent::io::GgufFile;
use congruent::io::error::FileError;
use std::io::Cursor;

/// A file before it is put together.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) version: u32,
    /// Counts, where they are not what is there.
    pub(crate) counts: [Option<u64>; 2],
    pub(crate) metadata: Vec<u8>,
    pub(crate) pairs: u64,
    pub(crate) tensors: Vec<u8>,
    pub(crate) rows: u64,
    pub(crate) alignment: usize,
    pub(crate) data: Vec<u8>,
}

impl Written {
    pub(crate) fn new() -> Self {
        let (metadata, tensors, data) = (vec![], vec![], vec![]);
        Self { version: 3, counts: [None; 2], metadata, pairs: 0, tensors, rows: 0, alignment: 32, data }
    }

    /// Adds a pair of the metadata: its type, and the bytes of its value.
    pub(crate) fn pair(mut self, name: &[u8], kind: u32, value: &[u8]) -> Self {
        self.metadata.extend([&text(name), &kind.to_le_bytes()[..], value].concat());
        self.pairs += 1;
        self
    }

    /// Adds a tensor: its dims as ggml has them, its type, its offset.
    pub(crate) fn tensor(mut self, name: &[u8], dims: &[u64], kind: u32, offset: u64) -> Self {
        let sizes = dims.iter().flat_map(|dim| dim.to_le_bytes()).collect::<Vec<_>>();
        let (rank, kind) = ((dims.len() as u32).to_le_bytes(), kind.to_le_bytes());
        self.tensors.extend([&text(name), &rank[..], &sizes, &kind, &offset.to_le_bytes()].concat());
        self.rows += 1;
        self
    }

    pub(crate) fn data(mut self, bytes: &[u8]) -> Self {
        self.data = bytes.to_vec();
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let counts = [self.counts[0].unwrap_or(self.rows), self.counts[1].unwrap_or(self.pairs)];
        let mut bytes = [b"GGUF", &self.version.to_le_bytes()[..], &counts.map(u64::to_le_bytes).concat()].concat();
        bytes.extend([&self.metadata[..], &self.tensors].concat());
        bytes.resize(bytes.len().next_multiple_of(self.alignment), 0);
        bytes.extend(&self.data);
        bytes
    }

    pub(crate) fn open(&self) -> Result<GgufFile<Cursor<Vec<u8>>>, FileError> {
        open(self.bytes())
    }

    /// What is said where it is refused.
    pub(crate) fn refused(&self) -> String {
        self.open().map(drop).expect_err("it is refused").to_string()
    }
}

pub(crate) fn open(bytes: Vec<u8>) -> Result<GgufFile<Cursor<Vec<u8>>>, FileError> {
    GgufFile::from_reader(Cursor::new(bytes), "a.gguf")
}

/// A text as the format has it.
pub(crate) fn text(text: &[u8]) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text].concat()
}

/// The value of an array: type and count of its items, and their bytes.
pub(crate) fn array(kind: u32, count: u64, items: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &count.to_le_bytes(), items].concat()
}
