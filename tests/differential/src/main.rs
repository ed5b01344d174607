//! Runs programs on arrays from files, for `scripts/differential.py` to hold against NumPy.
//!
//! `differential` prints the names of the programs. `differential FOLDER` runs the cases of a folder: line `i`, from 0,
//! of `cases.txt` names a program, `in.npz` has its operands as `i.0` and `i.1`; the results are written to `out.npz`
//! under `i`, and where there is none, line `i` of `errors.txt` says why.

mod integers;
mod programs;
mod table;

use congruent::io::NpzFile;
use congruent::io::npz::{Compression, write_npz};
use congruent::io::raw::RawArray;
use std::error::Error;
use std::fs;
use std::path::Path;
use table::Table;

fn run(table: &Table, name: &str, case: usize, arrays: &mut NpzFile) -> Result<RawArray, Box<dyn Error>> {
    let operands = name.split('|').count() - 2;
    let read = |operand| arrays.get(&format!("{case}.{operand}"));
    let inputs: Vec<RawArray> = (0..operands).map(read).collect::<Result<_, _>>()?;
    let program = table.get(name).ok_or_else(|| format!("there is no program `{name}`"))?;
    Ok(program(&inputs)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let table = programs::all();
    let Some(folder) = std::env::args().nth(1) else {
        table.names().for_each(|name| println!("{name}"));
        return Ok(());
    };
    let folder = Path::new(&folder);
    let mut arrays = NpzFile::open(folder.join("in.npz"))?;
    let (mut results, mut errors) = (Vec::new(), String::new());
    for (case, name) in fs::read_to_string(folder.join("cases.txt"))?.lines().enumerate() {
        match run(&table, name, case, &mut arrays) {
            Ok(result) => results.push((case.to_string(), result)),
            Err(error) => errors.push_str(&error.to_string()),
        }
        errors.push('\n');
    }
    write_npz(folder.join("out.npz"), &results, Compression::Deflated)?;
    Ok(fs::write(folder.join("errors.txt"), errors)?)
}
