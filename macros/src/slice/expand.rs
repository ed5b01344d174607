//! The items of a slice, split where `...` stands, as one type and as values.

use super::item::Item;
use super::parse;
use proc_macro2::TokenStream;
use quote::quote;

use crate::mistakes::Mistakes;

/// The value of a slice, or its mistakes.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let mut halves: [Vec<Item>; 2] = Default::default();
    let mut split = false;
    for tokens in parse::items(input) {
        match parse::item(tokens.clone()) {
            Ok(Item::Ellipsis) if split => mistakes.push(tokens, "a slice has `...` at most once"),
            Ok(Item::Ellipsis) => split = true,
            Ok(item) => halves[usize::from(split)].push(item),
            Err(error) => mistakes.append(error),
        }
    }
    let errors = mistakes.to_tokens();
    if !errors.is_empty() {
        return errors;
    }
    let [front, mut back] = halves;
    back.reverse();
    let (front_items, back_items) = (chain(&front), chain(&back));
    let (front, back) = (front.iter().map(Item::value), back.iter().map(Item::value));
    quote! {
        ::congruent::shape::slice::Slices::<(#front_items, #back_items), _, _>::new([#(#front),*], [#(#back),*])
    }
}

/// The items as one type, the first one outermost.
fn chain(items: &[Item]) -> TokenStream {
    let item = quote!(::congruent::shape::slice::item);
    items.iter().rev().fold(quote!(#item::End), |rest, next| match next.kind() {
        None => quote!(#item::New<#rest>),
        Some(kind) => quote!(#item::Take<#item::#kind, #rest>),
    })
}

#[cfg(test)]
mod tests {
    use super::expand;
    use proc_macro2::TokenStream;

    /// The items as types, without paths.
    fn types(input: &str) -> String {
        let text = expand(input.parse::<TokenStream>().unwrap()).to_string().replace(' ', "");
        text.replace("::congruent::shape::slice::item::", "").replace("::congruent::", "")
    }

    fn holds(input: &str, expected: &str) {
        let found = types(input);
        assert!(found.contains(expected), "{input}: {found} lacks {expected}");
    }

    #[test]
    fn lengths_follow_from_literals() {
        holds("2..5", "Take<Window<D<3>,D<5>>,End>");
        holds("2:5", "Take<Window<D<3>,D<5>>,End>");
        holds("2..=5", "Take<Window<D<4>,D<6>>,End>");
        holds("1:10:3", "Take<Window<D<3>,D<10>>,End>");
        holds("-3..", "Take<Window<D<3>,D<3>>,End>");
        holds("-3..-1", "Take<Window<D<2>,D<3>>,End>");
        holds("..4", "Take<Window<D<4>,D<4>>,End>");
        holds("1..", "Take<Less<D<1>>,End>");
        holds("1..-2", "Take<Less<D<3>>,End>");
        holds("1..=-2", "Take<Less<D<2>>,End>");
        holds("::2", "Take<Stepped<D<0>,D<2>>,End>");
        holds("1::2", "Take<Stepped<D<1>,D<2>>,End>");
        holds("::-1", "Take<Whole,End>");
        holds("::-2", "Take<Stepped<D<0>,D<2>>,End>");
        holds("5:1:-2", "Take<Window<D<2>,D<6>>,End>");
        holds("5::-1", "Take<Window<D<6>,D<6>>,End>");
        holds(":2:-1", "Take<Less<D<3>>,End>");
        holds("-2::-1", "Take<Less<D<1>>,End>");
    }

    #[test]
    fn indices_new_axes_and_the_rest() {
        holds("3", "Take<Index<D<4>>,End>");
        holds("-3", "Take<Index<D<3>>,End>");
        holds("i + 1", "Take<RunTimeIndex,End>");
        holds("new, ..", "New<Take<Whole,End>>");
        holds("0, ..., 1, new", "(Take<Index<D<1>>,End>,New<Take<Index<D<2>>,End>>)");
        holds("0..20000", "d!(20000usize)");
    }

    #[test]
    fn named_spans_are_of_the_run() {
        let place = "shape::cuts::place";
        holds("Inner = 1..-1", "Take<Named<Inner>,End>");
        holds("Inner = 1..=-1", "start:::core::option::Option::Some(1isize),stop:::core::option::Option::None");
        holds("a::Inner = a::FIRST..n + 1; k", &format!("Some({place}(a::FIRST))"));
        holds("a::Inner = ..n; k", &format!("step:{place}(k)"));
        holds("D<3> = ..=last", "Take<Named<D<3>>,End>");
        holds("D<3> = ..=last", "stop:shape::cuts::behind(last)");
        holds("Inner = ::2", "step:2isize");
        holds("Inner = 1::k", &format!("step:{place}(k)"));
        holds("Inner = a:b.len() - 1:-k", &format!("stop:::core::option::Option::Some({place}(b.len()-1))"));
        holds("a::b", &format!("{place}(a::b)"));
        holds("Inner = 1..; -2", "step:-2isize");
        holds("1..7; 2", "Take<Window<D<3>,D<7>>,End>");
        holds("..; 2", "Take<Stepped<D<0>,D<2>>,End>");
    }

    #[test]
    fn mistakes_are_named() {
        for (input, message) in [
            ("5..2", "ends before it begins"),
            ("-2..3", "begins at the end of the axis"),
            ("0..n", "bounds are integer literals"),
            ("..., 1, ...", "at most once"),
            ("::0", "step of 0"),
            ("1,,2", "empty item"),
            ("Inner = 1", "a name is for an axis that stays"),
            ("Inner = ..; 0", "step of 0"),
            ("1; 2", "expected `start..stop; step`"),
            ("1..; 2; 3", "expected `start..stop; step`"),
        ] {
            assert!(types(input).contains(&message.replace(' ', "")), "{input}: {}", types(input));
        }
    }
}
