//! The rules of patterns that the call alone can break.
//!
//! Apart from the laws in `congruent::ops::einsum`, which see types: ranks, and lengths that do not divide.

use super::parse::{AxisNames, Call, Kind, Side, Size, side};
use crate::einsum::check::{MAX_RANK, REST, counted, is_name};
use crate::einsum::parse::UNNAMED;
use crate::mistakes::Mistakes;
use proc_macro2::Ident;
use quote::ToTokens;
use std::fmt::Display;
use syn::{Expr, LitStr};

const REDUCTIONS: [&str; 5] = ["sum", "mean", "max", "min", "prod"];

/// A call without mistakes. Axes are numbers: places in `given`, or [`REST`].
pub(crate) struct Checked {
    pub(crate) operand: Expr,
    pub(crate) reduction: Option<Ident>,
    pub(crate) left: Vec<Vec<usize>>,
    pub(crate) right: Vec<Joined>,
    /// The size of each axis, where the call gives it.
    pub(crate) given: Vec<Option<Expr>>,
}

/// An axis of the result: the axes that it is made of, and its length where the call gives it; or those of `...`.
pub(crate) struct Joined {
    pub(crate) axes: Vec<usize>,
    pub(crate) given: Option<Expr>,
    pub(crate) is_rest: bool,
}

/// Collects the mistakes of one call, which begin with the macro's name.
struct Checker<'a> {
    kind: Kind,
    text: &'a LitStr,
    mistakes: Mistakes,
    sound: bool,
}

/// All mistakes of a call.
pub(crate) fn check(call: Call) -> Result<Checked, Mistakes> {
    let mut checker = Checker { kind: call.kind, text: &call.text, mistakes: Mistakes::default(), sound: true };
    let sides = checker.sides();
    if let Some([left, right]) = sides.as_ref().filter(|_| checker.sound) {
        checker.names(left, right, &call.sizes);
        checker.sizes(left, right, &call.sizes);
        if let Some(reduction) = &call.reduction {
            checker.reduction(reduction);
        }
    }
    match sides {
        Some([left, right]) if checker.sound => Ok(numbered(&call, &left, &right)),
        _ => Err(checker.mistakes),
    }
}

impl Checker<'_> {
    fn wrong(&mut self, message: impl Display) {
        let message = format!("{}: {message}", self.kind.name());
        self.mistakes.push(self.text, message);
        self.sound = false;
    }

    fn wrong_at(&mut self, place: &impl ToTokens, message: impl Display) {
        self.mistakes.push(place, format!("{}: {message}", self.kind.name()));
        self.sound = false;
    }

    /// Both sides of the arrow.
    fn sides(&mut self) -> Option<[Side; 2]> {
        let text = self.text.value();
        let Some((left, right)) = text.split_once("->") else {
            self.wrong("the pattern needs an arrow, `\"a b -> b a\"`");
            return None;
        };
        let mut read = |text: &str| {
            let found = side(text).map_err(|message| self.wrong(message)).ok()?;
            self.readable(&found);
            Some(found)
        };
        let (left, right) = (read(left), read(right));
        Some([left?, right?])
    }

    fn readable(&mut self, side: &Side) {
        let names: Vec<&String> = all(side).collect();
        for (place, &name) in names.iter().enumerate() {
            if name != UNNAMED && !is_name(name) {
                self.wrong(format!("`{name}` is not a name of an axis: names stand between spaces, or `1`"));
            } else if names[..place].contains(&name) {
                self.wrong(format!("axis `{name}` occurs twice on one side"));
            }
        }
        let own = side.iter().filter(|axis| !axis.is_rest()).count();
        let named = names.iter().filter(|name| **name != UNNAMED).count();
        if own.max(named) > MAX_RANK {
            let found = counted(own.max(named), "axis");
            self.wrong(format!("a tensor has at most {MAX_RANK} axes, one side has {found}"));
        }
    }

    /// Which names may be on one side only.
    fn names(&mut self, left: &Side, right: &Side, sizes: &[Size]) {
        if self.kind != Kind::Reduce {
            for name in all(left).filter(|name| !has(right, name)) {
                self.wrong(format!("axis `{name}` is lost: only `reduce!` leaves axes out"));
            }
        }
        for name in all(right).filter(|name| !has(left, name)) {
            if name == UNNAMED {
                self.wrong("`...` is on the right side only: the operand's side says where these axes are");
            } else if self.kind != Kind::Repeat {
                self.wrong(format!("axis `{name}` comes from nowhere: only `repeat!` adds axes"));
            } else if size_of(sizes, name).is_none() {
                self.wrong(format!("the new axis `{name}` needs a size, `{name} = D::<3>`"));
            }
        }
    }

    /// Which sizes must be given, and which may.
    fn sizes(&mut self, left: &Side, right: &Side, sizes: &[Size]) {
        if left.iter().any(|axis| !axis.is_rest() && axis.names.iter().any(|name| name == UNNAMED)) {
            self.wrong("`...` stands in parentheses on the right side only: an axis is cut into named parts");
        }
        for group in left.iter().map(|axis| &axis.names).filter(|names| names.len() > 1) {
            let open: Vec<&str> =
                group.iter().filter(|name| size_of(sizes, name).is_none()).map(String::as_str).collect();
            if open.len() > 1 {
                let (list, group) = (open.join("`, `"), group.join(" "));
                self.wrong(format!("`({group})` has no sizes for `{list}`: all but one are needed, `h = D::<4>`"));
            }
        }
        for (place, size) in sizes.iter().enumerate() {
            let Some(name) = size.names.first() else { continue };
            let stands_in = |side: &Side| side.iter().any(|axis| !axis.is_rest() && axis.names == size.names);
            if sizes[..place].iter().any(|other| other.names == size.names) {
                self.wrong_at(&size.place, "this size is given twice");
            } else if size.joined && !stands_in(right) {
                self.wrong_at(&size.place, "no axis of the result is joined of these, in this order");
            } else if !size.joined && stands_in(left) {
                self.wrong_at(&size.place, format!("`{name}` is an axis of the operand, which knows its size"));
            } else if !size.joined && !has(left, name) && !has(right, name) {
                self.wrong_at(&size.place, format!("the pattern has no axis `{name}`"));
            }
        }
    }

    fn reduction(&mut self, reduction: &Ident) {
        if !REDUCTIONS.iter().any(|name| reduction == name) {
            let list = REDUCTIONS.map(|name| format!("`{name}`")).join(", ");
            self.wrong_at(reduction, format!("`{reduction}` is not one of {list}"));
        }
    }
}

/// All names of a side.
fn all(side: &Side) -> impl Iterator<Item = &String> {
    side.iter().flat_map(|axis| &axis.names)
}

fn has(side: &Side, name: &str) -> bool {
    all(side).any(|other| other == name)
}

fn size_of<'a>(sizes: &'a [Size], name: &str) -> Option<&'a Expr> {
    sizes.iter().find(|size| !size.joined && size.names.iter().any(|own| own == name)).map(|size| &size.value)
}

fn numbered(call: &Call, left: &Side, right: &Side) -> Checked {
    let mut names: Vec<&String> = all(left).filter(|name| *name != UNNAMED).collect();
    names.extend(all(right).filter(|name| *name != UNNAMED && !has(left, name)));
    let number = |name: &String| {
        if name == UNNAMED { Some(REST) } else { names.iter().position(|other| *other == name) }
    };
    let numbers = |axis: &AxisNames| -> Vec<usize> { axis.names.iter().filter_map(number).collect() };
    let joined = |axis: &AxisNames| {
        let size = call.sizes.iter().find(|size| size.joined && size.names == axis.names);
        let given = size.map(|size| size.value.clone());
        Joined { axes: numbers(axis), given, is_rest: axis.is_rest() }
    };
    Checked {
        left: left.iter().map(numbers).collect(),
        right: right.iter().map(joined).collect(),
        given: names.iter().map(|name| size_of(&call.sizes, name).cloned()).collect(),
        operand: call.operand.clone(),
        reduction: call.reduction.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::{Call, Kind};
    use super::check;
    use syn::parse::Parser;

    fn messages(kind: Kind, call: &str) -> Vec<String> {
        let parse = |input: syn::parse::ParseStream<'_>| Call::parse(kind, input);
        let call = parse.parse_str(call).expect("the grammar is kept");
        check(call).err().map(|mistakes| mistakes.messages()).unwrap_or_default()
    }

    #[test]
    fn sound_calls_have_no_mistake() {
        for (kind, call) in [
            (Kind::Rearrange, r#"x, "a b -> b a""#),
            (Kind::Rearrange, r#"x, "b (h w) 1 -> b h w 1", h = D::<4>"#),
            (Kind::Rearrange, r#"x, "b t c -> (b t) c", (b t) = Rows(6)"#),
            (Kind::Reduce, r#"&x, mean, "b h w c -> b c","#),
            (Kind::Repeat, r#"x, "h w -> h (w c)", c = D::<3>"#),
            (Kind::Rearrange, r#"x, "... h w -> (... h) w", (... h) = Rows(6)"#),
            (Kind::Reduce, r#"x, sum, "... h -> h""#),
        ] {
            assert_eq!(messages(kind, call), Vec::<String>::new(), "{call}");
        }
    }

    #[test]
    fn each_mistake_has_its_words() {
        for (kind, call, says) in [
            (Kind::Rearrange, r#"x, "a b""#, "needs an arrow"),
            (Kind::Rearrange, r#"x, "a b -> a""#, "axis `b` is lost"),
            (Kind::Rearrange, r#"x, "a -> a b""#, "axis `b` comes from nowhere"),
            (Kind::Rearrange, r#"x, "a a -> a""#, "axis `a` occurs twice"),
            (Kind::Rearrange, r#"x, "(a b -> a b""#, "do not match"),
            (Kind::Rearrange, r#"x, "(a b c) -> a b c", a = D::<2>"#, "no sizes for `b`, `c`"),
            (Kind::Rearrange, r#"x, "a b -> b a", c = D::<2>"#, "has no axis `c`"),
            (Kind::Rearrange, r#"x, "a b -> b a", a = D::<2>"#, "which knows its size"),
            (Kind::Rearrange, r#"x, "a b -> (a b)", (b a) = D::<2>"#, "joined of these"),
            (Kind::Rearrange, r#"x, "... b -> b""#, "axis `...` is lost"),
            (Kind::Rearrange, r#"x, "b -> b ...""#, "`...` is on the right side only"),
            (Kind::Rearrange, r#"x, "... a ... -> a ...""#, "axis `...` occurs twice"),
            (Kind::Rearrange, r#"x, "(... a) b -> ... a b", a = D::<2>"#, "in parentheses on the right side only"),
            (Kind::Rearrange, r#"x, "... b -> b ...", (...) = Rows(3)"#, "joined of these"),
            (Kind::Rearrange, r#"x, "a b c d e f g -> g f e d c b a""#, "at most 6 axes, one side has 7 axes"),
            (Kind::Reduce, r#"x, median, "a b -> a""#, "`median` is not one of `sum`"),
            (Kind::Repeat, r#"x, "a -> a b""#, "the new axis `b` needs a size"),
        ] {
            let found = messages(kind, call);
            assert!(found.iter().any(|message| message.contains(says)), "{call}: {found:?}");
        }
    }
}
