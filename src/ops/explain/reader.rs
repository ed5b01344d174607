//! A graph read into steps: what is computed before what, and from which memory.
//!
//! Apart from what a graph says of itself, which is a tree: here values that several places read are found again.

use super::explanation::{Arrangement, ExplainedStep, Explanation, Reading};
use super::spelling::spelled;
use crate::device::{Cpu, Device, Family};
use crate::dtype::Elem;
use crate::graph::{Call, Held, Input, Origin, Reads, Whereabouts, Work, elements};
use crate::layout::{Axes, MAX_AXES};
use crate::shape::Shape;
use std::any::TypeId;

type Dims = [Option<usize>];

/// The steps of an expression that comes about like this.
pub(super) fn explained<E: Elem, D: Device, S: Shape>(device: D, shape: S, origin: Origin) -> Explanation {
    let dims = shape.dims().to_vec();
    let mut reader =
        Reader { device, steps: Vec::new(), results: Vec::new(), letters: Vec::new(), registers: Vec::new() };
    let known: Vec<_> = dims.iter().copied().map(Some).collect();
    let value = Input { origin, dims: known, width: size_of::<E>(), reads: Reads::RowMajor };
    let done = reader.ready(&value, false);
    // All others are read by a step of the list.
    for (number, step) in reader.steps.iter_mut().enumerate() {
        step.is_temporary = name_of(number) != done.name;
    }
    Explanation { elem: E::NAME, dims, steps: reader.steps }
}

/// What the step of this number gives.
fn name_of(number: usize) -> String {
    format!("#{}", number + 1)
}

/// Memory as it is read: what is read twice is one operand.
type Identity = (usize, usize, Axes);

struct Reader<D> {
    device: D,
    steps: Vec<ExplainedStep>,
    /// The names of values, by the address of their memory.
    results: Vec<(usize, String)>,
    /// Operands that no step gave, in the order in which they were met; one may be unknown.
    letters: Vec<Option<Identity>>,
    registers: Vec<Option<u32>>,
}

/// What a fused loop reads and computes, as far as it has been read.
#[derive(Default)]
struct Loop {
    reads: Vec<(Option<Identity>, Reading)>,
    /// Arithmetic for one element.
    steps: Option<u64>,
}

impl Loop {
    fn new() -> Self {
        Loop { reads: Vec::new(), steps: Some(0) }
    }

    fn read(&mut self, identity: Option<Identity>, source: Reading) {
        if identity.is_none() || self.reads.iter().all(|(there, _)| *there != identity) {
            self.reads.push((identity, source));
        }
    }
}

impl<D: Device> Reader<D> {
    /// An operand in memory, where it is as whoever reads it wants it: what has to be computed for that is a step.
    fn ready(&mut self, input: &Input, is_done: bool) -> Reading {
        let origin = self.opened(&input.origin);
        if let Origin::Held(held) = origin {
            let (name, dims) = (self.name(held), &input.dims);
            let source = source(held, name, dims);
            let lies_so = match input.reads {
                Reads::RowMajor => lies_in_order(held, dims),
                Reads::InPlace | Reads::Fused => source.layout != Some(Arrangement::Stretched),
            };
            return if lies_so { source } else { self.copied(held, source, input, is_done) };
        }
        let mut run = Loop::new();
        let formula = self.formula(origin, &input.dims, &mut run);
        let flops = run.steps.zip(input.elements()).map(|(steps, count)| steps.saturating_mul(count as u64));
        let reads = run.reads.into_iter().map(|(_, source)| source).collect();
        self.step(Work::FusedLoop, formula, input, reads, flops, is_done)
    }

    fn copied(&mut self, held: &Held, from: Reading, input: &Input, is_done: bool) -> Reading {
        let kind = if held.discrete { Work::CopyLoop } else { Work::FusedLoop };
        let formula = format!("copy({})", from.name);
        let copy = self.step(kind, formula, input, vec![from], Some(0), is_done);
        if let Some(step) = self.steps.last_mut() {
            step.kind = Work::CopyLoop;
        }
        copy
    }

    /// Adds a step that gives a value like this one, in order.
    fn step(
        &mut self,
        kind: Work,
        formula: String,
        value: &Input,
        reads: Vec<Reading>,
        flops: Option<u64>,
        is_done: bool,
    ) -> Reading {
        let (dims, written) = (value.dims.clone(), value.elements().map(|count| count.saturating_mul(value.width)));
        let through_host = !self.is_own(kind);
        let name = name_of(self.steps.len());
        let given = Reading { name, dims: dims.clone(), layout: Some(Arrangement::Contiguous), bytes: written };
        self.steps.push(ExplainedStep {
            kind,
            formula,
            dims,
            reads,
            written,
            flops,
            is_done,
            is_temporary: false,
            through_host,
        });
        given
    }

    /// Whether the device has loops for it.
    fn is_own(&self, kind: Work) -> bool {
        let families: &[Family] = match kind {
            Work::FusedLoop | Work::ViewOnly | Work::Layers | Work::ErasedGraph | Work::UserFunction => &[],
            Work::CopyLoop | Work::JoinedParts | Work::ElementCast => &[Family::OfCopies],
            Work::RowReduction | Work::RowFormula => &[Family::OfRows],
            Work::Loss => &[Family::OfRows, Family::OfIndices],
            Work::MatrixProduct => &[Family::OfMatrices],
            Work::WindowProduct | Work::WindowPool => &[Family::OfWindows],
            Work::AttentionLoop => &[Family::OfAttention],
            Work::RunningFormula => &[Family::OfScans],
            Work::Sort => &[Family::OfOrder],
            Work::Lookup => &[Family::OfIndices],
            Work::HostNumbers => return TypeId::of::<D>() == TypeId::of::<Cpu>(),
        };
        families.iter().all(|&family| self.device.runs(family))
    }

    /// What is left of an expression when the values that it shares have been computed.
    fn opened<'o>(&mut self, origin: &'o Origin) -> &'o Origin {
        let Origin::With(value, address, body) = origin else { return origin };
        let source = self.ready(value, true);
        if let Some(address) = address.filter(|_| value.elements() != Some(0)) {
            self.results.push((address, source.name));
        }
        self.opened(body)
    }

    /// The name of a value in memory; the steps that gave it are added before.
    fn name(&mut self, held: &Held) -> String {
        // Empty tensors all lie nowhere.
        let place = held.place.as_ref().filter(|place| place.len > 0);
        if let Some(view) = held.from.as_ref().filter(|call| call.kind == Work::ViewOnly) {
            let inner = view.of.first().map_or_else(String::new, |of| self.ready(of, true).name);
            return format!("{}({inner})", view.name);
        }
        let there = |address: usize| place.is_some_and(|place| place.address == address);
        if let Some((_, name)) = self.results.iter().find(|(address, _)| there(*address)) {
            return name.clone();
        }
        match &held.from {
            Some(call) => {
                let name = self.called(call, held);
                self.results.extend(place.map(|place| (place.address, name.clone())));
                name
            }
            // A shared value whose use was let go: which one it is, nobody knows.
            None if held.shared && held.place.is_none() => "shared".to_owned(),
            None => {
                let identity = place.map(identity);
                let there = self.letters.iter().position(|there| identity.is_some() && *there == identity);
                let number = there.unwrap_or(self.letters.len());
                if there.is_none() {
                    self.letters.push(identity);
                }
                letter(number)
            }
        }
    }

    /// The step of an operation that was computed when it was written.
    fn called(&mut self, call: &Call, held: &Held) -> String {
        let (mut run, mut words, mut flops) = (Loop::new(), Vec::new(), call.flops);
        for operand in &call.of {
            let is_fused = operand.reads == Reads::Fused;
            words.push(if is_fused {
                let before = run.steps.replace(0);
                let words = self.formula(&operand.origin, &operand.dims, &mut run);
                let own = run.steps.zip(operand.elements()).map(|(steps, count)| steps.saturating_mul(count as u64));
                flops = flops.zip(own).map(|(all, own)| all.saturating_add(own));
                run.steps = before;
                words
            } else {
                let source = self.ready(operand, true);
                let name = source.name.clone();
                let there = run.reads.iter().any(|(_, there)| *there == source && name.starts_with('#'));
                if !there {
                    run.read(place_of(&operand.origin), source);
                }
                name
            });
        }
        if matches!(call.kind, Work::ErasedGraph | Work::Layers) {
            words.push("..".to_owned());
            run.read(None, Reading { name: "..".to_owned(), dims: Vec::new(), layout: None, bytes: None });
        }
        let formula = format!("{}({})", call.name, words.join(", "));
        let reads = run.reads.into_iter().map(|(_, source)| source).collect();
        let value = Input {
            origin: Origin::OneNumber(String::new()),
            dims: held.dims.clone(),
            width: held.width,
            reads: Reads::RowMajor,
        };
        self.step(call.kind, formula, &value, reads, flops, true).name
    }

    /// A formula in words, read by a loop over a region of these sizes.
    fn formula(&mut self, origin: &Origin, region: &Dims, run: &mut Loop) -> String {
        match origin {
            Origin::OneNumber(number) => number.clone(),
            Origin::Held(held) => {
                let name = self.name(held);
                let identity = held.place.as_ref().filter(|place| place.len > 0).map(identity);
                run.read(identity, source(held, name.clone(), region));
                name
            }
            Origin::Formula(called, of) => {
                let of: Vec<String> = of.iter().map(|operand| self.formula(operand, region, run)).collect();
                let (words, steps) = spelled(called, &of);
                run.steps = run.steps.zip(steps).map(|(all, own)| all.saturating_add(own));
                words
            }
            Origin::InRegister(name, value, body) => {
                let value = self.formula(value, region, run);
                self.registers.push(*name);
                let own = register(self.registers.len() - 1);
                let body = self.formula(body, region, run);
                format!("let {own} = {value} in {body}")
            }
            Origin::Use(name) => {
                let place = self.registers.iter().rposition(|there| there == name);
                place.map_or_else(|| register(0), register)
            }
            Origin::With(_, _, _) => {
                let body = self.opened(origin);
                self.formula(body, region, run)
            }
        }
    }
}

/// `a` to `z`, then `a1` and so on.
fn letter(number: usize) -> String {
    let letter = char::from(b'a' + (number % 26) as u8);
    if number < 26 { letter.to_string() } else { format!("{letter}{}", number / 26) }
}

/// What values in registers are called.
fn register(number: usize) -> String {
    if number == 0 { "v".to_owned() } else { format!("v{}", number + 1) }
}

fn identity(place: &Whereabouts) -> Identity {
    (place.address, place.offset, place.axes)
}

/// Where an operand lies that is memory.
fn place_of(origin: &Origin) -> Option<Identity> {
    match origin {
        Origin::Held(held) => held.place.as_ref().filter(|place| place.len > 0).map(identity),
        Origin::With(_, _, body) => place_of(body),
        _ => None,
    }
}

/// Whether nothing is known of a view but that it is one.
fn is_unknown_view(held: &Held) -> bool {
    held.place.is_none() && held.viewed
}

/// Whether the elements lie in the order of these sizes, and nothing else is there.
fn lies_in_order(held: &Held, dims: &Dims) -> bool {
    let Some(Whereabouts { len, offset, axes, .. }) = &held.place else { return !is_unknown_view(held) };
    let dims: Vec<usize> = dims.iter().copied().flatten().collect();
    *offset == 0 && *len == dims.iter().product::<usize>() && *axes == Axes::of_dims(&dims)
}

/// A value in memory as it is read along a region.
fn source(held: &Held, name: String, region: &Dims) -> Reading {
    if is_unknown_view(held) {
        return Reading { name, dims: Vec::new(), layout: None, bytes: None };
    }
    let dims = held.dims.clone();
    let Some(place) = &held.place else {
        let layout = if dims == region { Arrangement::Contiguous } else { Arrangement::Stretched };
        let bytes = elements(&dims).map(|count| count.saturating_mul(held.width));
        return Reading { name, dims, layout: Some(layout), bytes };
    };
    let Axes { size, stride } = place.axes;
    let is_empty = size.contains(&0);
    let distinct = (0..MAX_AXES).filter(|&axis| stride[axis] != 0).map(|axis| size[axis]).product::<usize>();
    let bytes = if is_empty { 0 } else { distinct.saturating_mul(held.width) };
    let region: Vec<usize> = region.iter().copied().map(|size| size.unwrap_or(1)).collect();
    Reading { name, dims, layout: Some(layout(&place.axes, &Axes::of_dims(&region))), bytes: Some(bytes) }
}

/// How memory lies along a region, whose axes are in order.
fn layout(own: &Axes, region: &Axes) -> Arrangement {
    let wide = || (0..MAX_AXES).filter(|&axis| region.size[axis] > 1);
    if wide().any(|axis| own.size[axis] != region.size[axis] || own.stride[axis] == 0) {
        Arrangement::Stretched
    } else if wide().all(|axis| own.stride[axis] == region.stride[axis]) {
        Arrangement::Contiguous
    } else {
        Arrangement::Scattered
    }
}
