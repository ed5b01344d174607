//! Row programs as CUDA C: each of their formulas a function, and the passes around them.
//!
//! Apart from the regions because what is traced is not one formula but a handful, which share the numbers of a row.

use super::formula::{NUMBERS, computed, stored};
use super::formulas::{Formula, Formulas};
use crate::dtype::Real;
use crate::loops::{Combine, MAX_INPUTS, MAX_STATS, Reach, RowProgram};
use crate::num::{Num, Traced};
use std::fmt::Write;

/// What a run of a program gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::device::cuda) enum Gives {
    /// One number for each row.
    Fold,
    /// One for each element; whether also the number of each row that is kept, and what is beside each result.
    Map { keeping: bool, beside: bool },
}

/// Which element of an input belongs to a place of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::device::cuda) enum InputKind {
    Elements,
    PerRow,
    Paired,
}

/// What of a run of a program is compiled: all but addresses, sizes and constants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::device::cuda) struct RowsKey {
    elem: &'static str,
    gives: Gives,
    inputs: Vec<InputKind>,
    combine: Vec<Combine>,
    start: [u64; MAX_STATS],
    rounds: usize,
    draft: Option<usize>,
    kept: usize,
    terms: Vec<Formula>,
    closed: Vec<Formula>,
    again: Option<Formula>,
    settled: Formula,
    finish: Option<Formula>,
    beside: Option<Formula>,
}

/// The words of the arguments before the constants: rows, their length, how far apart elements are; four addresses;
/// for each input its address and how it is paired.
const HEAD: usize = 3 + 3;
const EACH: usize = 4;
pub(in crate::device::cuda) const WORDS_BEFORE_CONSTANTS: usize = HEAD + EACH * MAX_INPUTS;

/// The inputs of an element, or the first of them and nothing.
fn x() -> [Traced; MAX_STATS] {
    std::array::from_fn(|i| if i < MAX_INPUTS { Traced::input(i as u32) } else { Traced::c(0.0) })
}

/// The numbers of a row, behind the inputs.
fn stats() -> [Traced; MAX_STATS] {
    std::array::from_fn(|i| Traced::input((MAX_INPUTS + i) as u32))
}

/// What a pass has combined, behind both.
fn combined() -> Traced {
    Traced::input((MAX_INPUTS + MAX_STATS) as u32)
}

impl RowsKey {
    /// Of a program over rows of this length, and its constants.
    pub(in crate::device::cuda) fn of<E: Real, P: RowProgram>(
        program: P,
        len: usize,
        gives: Gives,
        inputs: Vec<InputKind>,
    ) -> (Self, Vec<f64>, Vec<i64>) {
        let (mut all, len) = (Formulas::default(), len as f64);
        let reach = if computed(E::NAME) == "double" { Reach::DOUBLE } else { Reach::SINGLE };
        let passes = || 0..P::PASSES;
        let terms = passes().map(|pass| all.trace(E::NAME, || vec![program.term(pass, x(), stats())])).collect();
        let closed =
            passes().map(|pass| all.trace(E::NAME, || program.closed(pass, combined(), len, stats()).to_vec()));
        let closed = closed.collect();
        let again = (P::ROUNDS > 1).then(|| {
            all.trace(E::NAME, || {
                let (again, from) = program.again(stats(), len, reach);
                [again].into_iter().chain(from).collect()
            })
        });
        let settled = all.trace(E::NAME, || program.settle(stats(), len).to_vec());
        let finish = (gives != Gives::Fold).then(|| all.trace(E::NAME, || vec![program.finish(x(), stats())]));
        let beside = matches!(gives, Gives::Map { beside: true, .. });
        let beside = beside.then(|| all.trace(E::NAME, || vec![program.beside(x(), stats())]));
        let key = RowsKey {
            elem: E::NAME,
            gives,
            inputs,
            combine: passes().map(|pass| program.combine(pass)).collect(),
            start: P::START.map(f64::to_bits),
            rounds: P::ROUNDS,
            draft: P::DRAFT.filter(|_| gives != Gives::Fold),
            kept: P::KEPT,
            terms,
            closed,
            again,
            settled,
            finish,
            beside,
        };
        (key, all.numbers, all.whole)
    }

    /// The kernel, `rows`, for arguments with so many constants of each kind.
    pub(in crate::device::cuda) fn source(&self, [numbers, whole]: [usize; 2]) -> String {
        let mut text = String::from(NUMBERS);
        let _ = writeln!(text, "struct Args {{ u64 w[{}]; }};", WORDS_BEFORE_CONSTANTS + numbers + whole);
        let mut print = |name: String, formula: &Formula| {
            let operands = (1 + MAX_INPUTS + MAX_STATS, self.elem);
            text += &formula.text(&name, operands, WORDS_BEFORE_CONSTANTS, numbers);
        };
        self.terms.iter().enumerate().for_each(|(pass, formula)| print(format!("term{pass}"), formula));
        self.closed.iter().enumerate().for_each(|(pass, formula)| print(format!("closed{pass}"), formula));
        self.again.iter().for_each(|formula| print("again".into(), formula));
        print("settled".into(), &self.settled);
        self.finish.iter().for_each(|formula| print("finish".into(), formula));
        self.beside.iter().for_each(|formula| print("beside".into(), formula));
        let (kind, wide) = (stored(self.elem), computed(self.elem));
        let _ = writeln!(text, "typedef {kind} E;\ntypedef {wide} T;");
        text += include_str!("../../../../kernels/rows.cu");
        text += "extern \"C\" __global__ void __launch_bounds__(256) rows(const Args a) {\n";
        text += "  ROWS_BEGIN\n";
        self.print_inputs(&mut text);
        self.print_passes(&mut text);
        self.print_results(&mut text);
        text += "  ROWS_END\n}\n";
        text
    }

    fn print_inputs(&self, text: &mut String) {
        for (i, kind) in self.inputs.iter().enumerate() {
            let [address, outer, span, each] = std::array::from_fn(|k| HEAD + EACH * i + k);
            let _ = match kind {
                InputKind::Elements => writeln!(text, "    const E *p{i} = (const E *)a.w[{address}] + start;"),
                InputKind::PerRow => writeln!(text, "    const E *p{i} = (const E *)a.w[{address}] + row;"),
                InputKind::Paired => writeln!(
                    text,
                    "    const E *p{i} = (const E *)a.w[{address}] \
                     + (row / a.w[{outer}] * a.w[{span}] + row / a.w[{each}] % a.w[{span}]) * len;"
                ),
            };
        }
        for (i, bits) in self.start.iter().enumerate() {
            let _ = writeln!(text, "    T q{i} = (T)double_of({bits}ull);");
        }
    }

    /// The inputs at place `i`, read.
    fn read(&self, draft: bool) -> String {
        let read = |i: usize| match self.inputs.get(i) {
            _ if draft && i == 0 => "Stored<E>::take(out[start + i * inner])".to_owned(),
            _ if draft => "(T)0".to_owned(),
            Some(InputKind::PerRow) => format!("Stored<E>::take(p{i}[0])"),
            Some(_) => format!("Stored<E>::take(p{i}[i * inner])"),
            None => "(T)0".to_owned(),
        };
        (0..MAX_INPUTS).map(|i| format!("const T x{i} = {}; ", read(i))).collect()
    }

    fn print_passes(&self, text: &mut String) {
        let stats = "q0, q1, q2, q3, q4";
        if self.again.is_some() {
            *text += "    T h0 = q0, h1 = q1, h2 = q2, h3 = q3, h4 = q4, open = (T)1;\n";
            let _ = writeln!(text, "    for (int round = 0;; round++) {{");
        }
        for (pass, combine) in self.combine.iter().enumerate() {
            let how = match combine {
                Combine::Sum => "Sum",
                Combine::Product => "Product",
                Combine::Maximum => "Maximum",
                Combine::Minimum => "Minimum",
            };
            let _ = writeln!(text, "    double sum{pass} = {how}::neutral();");
            let _ = writeln!(text, "    for (u64 i = y; i < len; i += Y) {{\n      {}", self.read(false));
            let _ = writeln!(text, "      T term; term{pass}(a, fault, x0, x1, x2, {stats}, (T)0, term);");
            if self.draft == Some(pass) {
                *text += "      if (here) out[start + i * inner] = Stored<E>::give(term);\n";
            }
            let _ = writeln!(text, "      sum{pass} = {how}::join(sum{pass}, (double)term);\n    }}");
            let _ = writeln!(text, "    const T all{pass} = (T)together<{how}>(sums, sum{pass}, x, y, X, Y);");
            let _ = writeln!(text, "    {{ T n0, n1, n2, n3, n4;");
            let given = "n0, n1, n2, n3, n4";
            let _ = writeln!(text, "      closed{pass}(a, fault, (T)0, (T)0, (T)0, {stats}, all{pass}, {given});");
            *text += "      q0 = n0; q1 = n1; q2 = n2; q3 = n3; q4 = n4; }\n";
        }
        if self.again.is_some() {
            // Rows that were right before stay what they are, whatever lies beside them.
            *text += "    if (open == (T)0) { q0 = h0; q1 = h1; q2 = h2; q3 = h3; q4 = h4; }\n";
            *text += "    h0 = q0; h1 = q1; h2 = q2; h3 = q3; h4 = q4;\n";
            let _ = writeln!(text, "    if (round + 1 >= {}) break;", self.rounds);
            *text += "    T n0, n1, n2, n3, n4;\n";
            let _ = writeln!(text, "    again(a, fault, (T)0, (T)0, (T)0, {stats}, (T)0, open, n0, n1, n2, n3, n4);");
            *text += "    if (!any(sums, here && open > (T)0, x, y, X, Y)) break;\n";
            *text += "    q0 = n0; q1 = n1; q2 = n2; q3 = n3; q4 = n4;\n    }\n";
        }
        *text += "    { T n0, n1, n2, n3, n4;\n";
        let _ = writeln!(text, "      settled(a, fault, (T)0, (T)0, (T)0, {stats}, (T)0, n0, n1, n2, n3, n4);");
        *text += "      q0 = n0; q1 = n1; q2 = n2; q3 = n3; q4 = n4; }\n";
    }

    fn print_results(&self, text: &mut String) {
        let stats = "q0, q1, q2, q3, q4";
        let Gives::Map { keeping, beside } = self.gives else {
            let last = self.combine.len() - 1;
            let _ = writeln!(text, "    if (here && y == 0) out[row] = Stored<E>::give(q{last});");
            return;
        };
        if keeping {
            let _ = writeln!(text, "    if (here && y == 0) ((E *)a.w[4])[row] = Stored<E>::give(q{});", self.kept);
        }
        let draft = self.draft.is_some();
        let _ = writeln!(text, "    if (here) for (u64 i = y; i < len; i += Y) {{\n      {}", self.read(draft));
        if beside {
            let _ = writeln!(text, "      T next; beside(a, fault, x0, x1, x2, {stats}, (T)0, next);");
            *text += "      ((E *)a.w[5])[start + i * inner] = Stored<E>::give(next);\n";
        }
        let _ = writeln!(text, "      T value; finish(a, fault, x0, x1, x2, {stats}, (T)0, value);");
        *text += "      out[start + i * inner] = Stored<E>::give(value);\n    }\n";
    }
}
