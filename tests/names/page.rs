//! How rows become the page: a heading a group, a table with a line a row.
//!
//! Apart from the rows so that they read as a table, and the page as a page.

use super::{CHECKLIST, Row, TABLES};

const HEAD: &str = "\
What NumPy and PyTorch call it, and what it is called here.

The last column is code that runs as a test, after `use congruent::prelude::*`. Tensors are operands by reference,
`&x`; functions of floats give expressions, which `.eval()` computes. `Batch` and other names without a number are axes
whose size the run knows: `dims! { Batch = ? }`. What is absent says why: *not yet*, or *on purpose*. How one thinks
here is in the chapters [`from_numpy`](crate::guide::from_numpy) and [`from_pytorch`](crate::guide::from_pytorch).

Where a NumPy function takes an axis, the axis is a parameter of the type here: `x.sum_axis::<0>()`, `x.flip::<-1>()`.
Where one takes a shape, the shape is a type or a value of one: `Cpu.zeros::<Shape![2, 3]>()`, `x.reshape((D::<6>,))`.
";

/// The whole page: the groups in the order of the checklist.
pub(crate) fn text() -> String {
    let mut groups: Vec<_> = CHECKLIST.lines().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
    groups.dedup();
    groups.into_iter().fold(HEAD.to_owned(), |page, group| page + &section(group))
}

fn section(group: &str) -> String {
    let tables = TABLES.iter().flat_map(|file| file.iter());
    let own = tables.filter(|(_, rows)| rows.iter().any(|row| row.group == group));
    own.fold(format!("\n# {}\n", capitalised(group)), |section, (given, rows)| section + &table(given, rows))
}

fn table(given: &str, rows: &[Row]) -> String {
    let mut table = String::new();
    if !given.is_empty() {
        let given: Vec<_> = statements(given).iter().map(|code| format!("`{code}`")).collect();
        table += &format!("\nWith {}:\n", given.join(" "));
    }
    table += "\n| NumPy | PyTorch | here | remark, example |\n|---|---|---|---|\n";
    rows.iter().for_each(|row| table += &line(row));
    table
}

fn line(row: &Row) -> String {
    let here = if row.here.is_empty() { "—".to_owned() } else { quoted(row.here) };
    let mut example: Vec<_> = statements(row.code).iter().map(|code| quoted(code)).collect();
    if !row.remark.is_empty() {
        example.insert(0, escaped(row.remark));
    }
    // What neither has is called by its plain name.
    let numpy = if row.numpy.is_empty() && row.torch.is_empty() { row.names.to_owned() } else { names(row.numpy) };
    format!("| {numpy} | {} | {here} | {} |\n", names(row.torch), example.join("<br>"))
}

/// Names by ` | `, each as code.
fn names(names: &str) -> String {
    match names {
        "" => "—".to_owned(),
        names => names.split(" | ").map(quoted).collect::<Vec<_>>().join(", "),
    }
}

/// Code in a cell of a table.
fn quoted(code: &str) -> String {
    format!("`{}`", escaped(code))
}

/// A bar would end the cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// The statements of code, each on one line: cut at each semicolon outside of brackets.
fn statements(code: &str) -> Vec<String> {
    let (mut depth, mut all, mut open) = (0, Vec::new(), String::new());
    for letter in code.chars() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        open.push(letter);
        if letter == ';' && depth == 0 {
            all.push(std::mem::take(&mut open));
        }
    }
    all.push(open);
    let joined = all.iter().map(|code| code.split_whitespace().collect::<Vec<_>>().join(" "));
    joined.filter(|code| !code.is_empty()).collect()
}
