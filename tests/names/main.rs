//! NumPy's and PyTorch's names, ours beside them, and code that runs: the rows of `src/names.md`.
//!
//! Apart from the other tests because here the names are the subject: every spelling on that page is compiled and
//! compared with known numbers, and every name of `checklist.txt` has a row, be it only one that says why it is absent.
//! `UPDATE=1 cargo test --test names` writes the page.

mod page;

/// One name and what stands for it.
pub(crate) struct Row {
    /// The group, a heading of the page.
    pub(crate) group: &'static str,
    /// The names of the checklist that the row answers, by commas.
    pub(crate) names: &'static str,
    /// What NumPy calls it; several by ` | `.
    pub(crate) numpy: &'static str,
    /// What PyTorch calls it.
    pub(crate) torch: &'static str,
    /// Our spelling, which stands in the code in the same words; empty for what is absent.
    pub(crate) here: &'static str,
    /// What differs, or why it is absent.
    pub(crate) remark: &'static str,
    /// Code that runs and asserts.
    pub(crate) code: &'static str,
}

/// The rows of one table: `"names": "numpy", "torch" => "here", "remark" { code }`, where `given` is what all code of
/// the table may use. Without a spelling and code the row is of something absent.
macro_rules! rows {
    (
        $group:literal $(, feature $feature:literal)?;
        $(given { $($given:tt)* })?
        $($names:literal: $numpy:literal, $torch:literal => $here:literal, $remark:literal { $($code:tt)* })*
    ) => {
        pub(crate) const GIVEN: &str = concat!($(stringify!($($given)*))?);

        pub(crate) const ROWS: &[$crate::Row] = &[$($crate::Row {
            group: $group,
            names: $names,
            numpy: $numpy,
            torch: $torch,
            here: $here,
            remark: $remark,
            code: stringify!($($code)*),
        }),*];

        #[test]
        $(#[cfg(feature = $feature)])?
        #[allow(unused_variables, reason = "not every row uses what is given")]
        fn the_code_runs() -> Result<(), Box<dyn std::error::Error>> {
            $($($given)*)?
            $({ $($code)* })*
            Ok(())
        }
    };
}

/// The files of rows, some with several tables.
macro_rules! tables {
    ($($file:ident $(($($part:ident)*))?)*) => {
        $(mod $file;)*

        /// What the code of each table may use, and its rows.
        pub(crate) const TABLES: &[&[(&str, &[Row])]] = &[$(tables!(@of $file $(($($part)*))?)),*];
    };
    (@of $file:ident) => { &[($file::GIVEN, $file::ROWS)] };
    (@of $file:ident ($($part:ident)*)) => { &[$(($file::$part::GIVEN, $file::$part::ROWS)),*] };
}

// In the order of the page within each group; the groups come in the order of the checklist.
tables! {
    first exchange cuda
    creation
    indexing
    shapes joining
    unary activations
    binary masks
    reductions order compositions
    linear_algebra decompositions
    einsum
    convolutions
    random
    dtypes (types bits conversions)
    casting
    autodiff
    layers
    losses
    training
    schedules
    initialisers
    data
    files mapped
    trainer
    gpu
}

/// Every name that has to be found, a line each: `group: name`.
const CHECKLIST: &str = include_str!("checklist.txt");

#[test]
fn the_page_is_what_the_rows_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/names.md");
    let page = page::text();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &page).expect("src/names.md can be written");
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    let differs = there.lines().zip(page.lines()).find(|(there, page)| there != page);
    assert!(there == page, "the page differs, first here: {differs:?}; `UPDATE=1 cargo test --test names` writes it");
}

#[test]
fn every_name_of_the_checklist_has_a_row() {
    let has = |group: &str, name: &str| {
        rows().any(|row| row.group == group && row.names.split(", ").any(|known| known == name))
    };
    let names = CHECKLIST.lines().filter_map(|line| line.split_once(": "));
    let missing: Vec<_> = names.filter(|(group, name)| !has(group, name)).collect();
    assert!(missing.is_empty(), "no row for {missing:#?}");
}

#[test]
fn each_row_shows_its_spelling_or_says_why_not() {
    for row in rows() {
        let present = !row.here.is_empty();
        let excuse = ["not yet: ", "on purpose: "].iter().any(|why| row.remark.starts_with(why));
        assert!(present != excuse, "{}: either a spelling, or a reason why there is none", row.names);
        assert!(present || row.code.is_empty(), "{}: code without a spelling", row.names);
        assert!(!present || row.code.contains("assert"), "{}: nothing is asserted", row.names);
        let (code, here) = (letters(row.code), letters(row.here));
        assert!(code.contains(&here), "{}: `{}` does not stand in its code", row.names, row.here);
    }
}

fn rows() -> impl Iterator<Item = &'static Row> {
    TABLES.iter().flat_map(|file| file.iter()).flat_map(|(_, rows)| rows.iter())
}

/// A text without white space.
fn letters(text: &str) -> String {
    text.split_whitespace().collect()
}
