//! Runs programs on arrays from files, for `scripts/differential.py` to hold against NumPy.
//!
//! `differential` prints the names of the programs. `differential FOLDER` runs the cases of a folder: line `i`, from 0,
//! of `cases.txt` names a program, `in.npz` has its operands as `i.0` and `i.1`; the results are written to `out.npz`
//! under `i.0` and on, and where there is none, line `i` of `errors.txt` says why.

mod integers;
mod programs;
mod run;
mod table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    run::main(&programs::all())
}
