//! Runs the programs of a table on the cases of a folder.
//!
//! Apart from the programs because two binaries do so, each with a table of its own.

use crate::table::Table;
use congruent::io::NpzFile;
use congruent::io::npz::{Compression, write_npz};
use congruent::io::raw::RawArray;
use std::error::Error;
use std::fs;
use std::path::Path;

fn run(table: &Table, name: &str, case: usize, arrays: &mut NpzFile) -> Result<Vec<RawArray>, Box<dyn Error>> {
    let operands = name.split('|').count() - 2;
    let read = |operand| arrays.get(&format!("{case}.{operand}"));
    let inputs: Vec<RawArray> = (0..operands).map(read).collect::<Result<_, _>>()?;
    let program = table.get(name).ok_or_else(|| format!("there is no program `{name}`"))?;
    Ok(program(&inputs)?)
}

/// Without an argument the names of the programs; else the cases of that folder.
pub fn main(table: &Table) -> Result<(), Box<dyn Error>> {
    let Some(folder) = std::env::args().nth(1) else {
        table.names().for_each(|name| println!("{name}"));
        return Ok(());
    };
    let folder = Path::new(&folder);
    let mut arrays = NpzFile::open(folder.join("in.npz"))?;
    let (mut results, mut errors) = (Vec::new(), String::new());
    for (case, name) in fs::read_to_string(folder.join("cases.txt"))?.lines().enumerate() {
        match run(table, name, case, &mut arrays) {
            Ok(found) => {
                results.extend(found.into_iter().enumerate().map(|(place, found)| (format!("{case}.{place}"), found)));
            }
            Err(error) => errors.push_str(&error.to_string().replace('\n', " ")),
        }
        errors.push('\n');
    }
    write_npz(folder.join("out.npz"), &results, Compression::Deflated)?;
    Ok(fs::write(folder.join("errors.txt"), errors)?)
}
