//! From one room to the next: what the table says, its mistakes, what is printed.

use super::{check, emit, parse};
use proc_macro2::TokenStream;

/// Everything the table defines, and an error for each mistake.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let table: parse::Table = match syn::parse2(input) {
        Ok(table) => table,
        Err(error) => return error.to_compile_error(),
    };
    let (table, mistakes) = check::check(table);
    let (errors, items) = (mistakes.to_tokens(), emit::emit(&table));
    quote::quote!(#errors #items)
}

#[cfg(test)]
mod tests {
    use super::expand;

    /// The names of the printed items, or what each impl is of.
    fn items(table: &str) -> Vec<String> {
        let printed = expand(table.parse().expect("these are tokens"));
        let file: syn::File = syn::parse2(printed).expect("the macro prints items");
        file.items.iter().map(name).collect()
    }

    fn name(item: &syn::Item) -> String {
        match item {
            syn::Item::Struct(item) => item.ident.to_string(),
            syn::Item::Trait(item) => format!("trait {} with {}", item.ident, item.items.len()),
            syn::Item::Impl(item) => {
                let law = item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
                format!("impl {}", law.map(|last| last.ident.to_string()).unwrap_or_default())
            }
            syn::Item::Macro(item) => crate::text::tidy(&item.mac.path),
            other => panic!("an item of no expected kind: {other:?}"),
        }
    }

    #[test]
    fn a_row_becomes_a_type_an_impl_and_a_method() {
        let table = "trait Ops; A: a(x) = x, for x in 0.0..1.0; B: b(x, y) = x + y, for x in 0.0..1.0, y in 0.0..1.0;";
        let expected = [
            "A",
            "impl Pointwise1",
            "B",
            "impl Pointwise2",
            "trait Ops with 2",
            "impl Ops",
            "OpsTable",
            "impl Catalogue",
        ];
        assert_eq!(items(table), expected);
    }

    #[test]
    fn a_row_for_integers_has_an_impl_for_them() {
        let table = "trait Ops; A { k: f64 = 1.0 }: a(x) = x * k, integers = x.times(k), for x in 0.0..1.0;";
        let expected =
            ["A", "impl Pointwise1", "impl Exact1", "trait Ops with 1", "impl Ops", "OpsTable", "impl Catalogue"];
        assert_eq!(items(table), expected);
    }

    /// A row without a range is an error, and its method exists all the same.
    #[test]
    fn a_mended_row_is_printed_beside_its_error() {
        let expected = [
            "::core::compile_error",
            "A",
            "impl Pointwise1",
            "trait Ops with 1",
            "impl Ops",
            "OpsTable",
            "impl Catalogue",
        ];
        assert_eq!(items("trait Ops; A: a(x) = x;"), expected);
    }
}
