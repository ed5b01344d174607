//! One item of a slice: which elements it takes, and the length that follows from literals alone.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

/// What stands between two commas.
pub(super) enum Item {
    /// `...`
    Ellipsis,
    /// `new`
    New,
    /// `3`
    Index(isize),
    /// `i + 1`
    RunTimeIndex(Expr),
    /// `1..`, `::2`
    Span { start: Option<isize>, stop: Option<isize>, step: isize, length: Length },
    /// `Inner = 1..n`: the run computes the length, as a dim of this name.
    Named { name: TokenStream, start: Option<Edge>, stop: Option<Edge>, step: Edge },
}

/// A bound or step of a span whose axis has a name.
pub(super) enum Edge {
    /// `-1`
    Literal(isize),
    /// `n + 1`
    RunTime(TokenStream),
    /// `..=n`: the element behind it.
    Behind(TokenStream),
}

impl Edge {
    /// As an `isize`, a bound behind the last element as an `Option` of it.
    fn value(&self) -> TokenStream {
        let cuts = quote!(::congruent::shape::cuts);
        match self {
            Edge::Literal(value) => quote!(#value),
            Edge::RunTime(value) => quote!(#cuts::place(#value)),
            Edge::Behind(value) => quote!(#cuts::behind(#value)),
        }
    }

    /// As an `Option` of an `isize`.
    fn bound(edge: Option<&Self>) -> TokenStream {
        match edge {
            None => option(None),
            Some(Edge::Literal(bound)) => option(Some(*bound)),
            Some(edge @ Edge::Behind(_)) => edge.value(),
            Some(edge) => {
                let bound = edge.value();
                quote!(::core::option::Option::Some(#bound))
            }
        }
    }
}

/// What a span takes of an axis.
#[derive(Clone, Copy)]
pub(super) enum Length {
    /// So many elements, of an axis that has at least so many.
    Fixed { length: usize, needed: usize },
    /// One in `step` of all but `less`.
    Open { less: usize, step: usize },
}

/// A bound, counted from the nearer end: `Front(2)` is 2, `End(1)` is the last element.
#[derive(Clone, Copy)]
enum Bound {
    Front(usize),
    End(usize),
}
use Bound::{End, Front};

fn bound(bound: isize) -> Bound {
    if bound < 0 { End(bound.unsigned_abs()) } else { Front(bound as usize) }
}

const BACKWARDS: &str = "this span ends before it begins";
const UNKNOWN: &str = "this span begins at the end of the axis and ends at the front: its length depends on the axis";

impl Item {
    /// A span, or why there is no such span.
    pub(super) fn span(start: Option<isize>, stop: Option<isize>, step: isize) -> Result<Item, &'static str> {
        let length = if step > 0 { upwards(start, stop)? } else { downwards(start, stop)? };
        let step_size = step.unsigned_abs();
        let length = match length {
            Length::Fixed { length, needed } => Length::Fixed { length: length.div_ceil(step_size), needed },
            Length::Open { less, .. } => Length::Open { less, step: step_size },
        };
        Ok(Item::Span { start, stop, step, length })
    }

    /// The item as a value.
    pub(super) fn value(&self) -> TokenStream {
        let taken = quote!(::congruent::shape::cuts::Taken);
        match self {
            Item::Ellipsis | Item::New => quote!(#taken::New),
            Item::Index(index) => quote!(#taken::Index(#index)),
            Item::RunTimeIndex(index) => quote!(#taken::Index(::congruent::shape::cuts::place(#index))),
            Item::Span { start, stop, step, .. } => {
                let (start, stop) = (option(*start), option(*stop));
                quote!(#taken::Span { start: #start, stop: #stop, step: #step })
            }
            Item::Named { start, stop, step, .. } => {
                let (start, stop, step) = (Edge::bound(start.as_ref()), Edge::bound(stop.as_ref()), step.value());
                quote!(#taken::Span { start: #start, stop: #stop, step: #step })
            }
        }
    }

    /// The item as a type; `None` for a new axis.
    pub(super) fn kind(&self) -> Option<TokenStream> {
        Some(match self {
            Item::Ellipsis | Item::New => return None,
            Item::RunTimeIndex(_) => quote!(RunTimeIndex),
            Item::Named { name, .. } => quote!(Named<#name>),
            Item::Index(index) => {
                let needed = dim(if *index < 0 { index.unsigned_abs() } else { *index as usize + 1 });
                quote!(Index<#needed>)
            }
            Item::Span { length: Length::Fixed { length, needed }, .. } => {
                let (length, needed) = (dim(*length), dim(*needed));
                quote!(Window<#length, #needed>)
            }
            Item::Span { length: Length::Open { less: 0, step: 1 }, .. } => quote!(Whole),
            Item::Span { length: Length::Open { less, step: 1 }, .. } => {
                let less = dim(*less);
                quote!(Less<#less>)
            }
            Item::Span { length: Length::Open { less, step }, .. } => {
                let (less, step) = (dim(*less), dim(*step));
                quote!(Stepped<#less, #step>)
            }
        })
    }
}

fn fixed(length: Option<usize>, needed: usize) -> Result<Length, &'static str> {
    length.map(|length| Length::Fixed { length, needed }).ok_or(BACKWARDS)
}

/// Elements from `start` until before `stop`.
fn upwards(start: Option<isize>, stop: Option<isize>) -> Result<Length, &'static str> {
    match (start.map_or(Front(0), bound), stop.map_or(End(0), bound)) {
        (Front(a), Front(b)) => fixed(b.checked_sub(a), b),
        (Front(a), End(b)) => Ok(Length::Open { less: a + b, step: 1 }),
        (End(a), End(b)) => fixed(a.checked_sub(b), a),
        (End(_), Front(_)) => Err(UNKNOWN),
    }
}

/// Elements from `start` down to the one after `stop`; without `stop`, down to the first.
fn downwards(start: Option<isize>, stop: Option<isize>) -> Result<Length, &'static str> {
    match (start.map_or(End(1), bound), stop.map(bound)) {
        (Front(a), None) => fixed(Some(a + 1), a + 1),
        (Front(a), Some(Front(b))) => fixed(a.checked_sub(b), a + 1),
        (End(a), None) => Ok(Length::Open { less: a - 1, step: 1 }),
        (End(a), Some(Front(b))) => Ok(Length::Open { less: a + b, step: 1 }),
        (End(a), Some(End(b))) => fixed(b.checked_sub(a), b),
        (Front(_), Some(End(_))) => Err(UNKNOWN),
    }
}

fn option(bound: Option<isize>) -> TokenStream {
    match bound {
        Some(bound) => quote!(::core::option::Option::Some(#bound)),
        None => quote!(::core::option::Option::None),
    }
}

/// The dim of a size. `D` reaches to 9 999.
fn dim(size: usize) -> TokenStream {
    let literal = proc_macro2::Literal::usize_unsuffixed(size);
    if size < 10_000 { quote!(::congruent::D<#literal>) } else { quote!(::congruent::d!(#size)) }
}
