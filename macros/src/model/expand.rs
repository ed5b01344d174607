//! From one room to the next: what the struct says, its mistakes, what is printed.

use super::{check, emit, parse};
use proc_macro2::TokenStream;

/// The impls that make the struct a model, and an error for each mistake.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let declared = match syn::parse2(input) {
        Ok(input) => parse::parse(input),
        Err(error) => return error.to_compile_error(),
    };
    let outline = (declared.name.clone(), declared.generics.clone(), declared.parts.first().cloned());
    let (model, mistakes) = check::check(declared);
    let Some(model) = model else {
        let (error, others) = mistakes.first_and_others();
        let stub = emit::no_model(outline, &error);
        return quote::quote!(#others #stub);
    };
    let impls = emit::emit(&model);
    let errors = mistakes.to_tokens();
    quote::quote!(#errors #impls)
}

#[cfg(test)]
mod tests {
    use super::expand;

    /// The traits that are implemented, and what else is printed.
    fn items(declaration: &str) -> Vec<String> {
        let printed = expand(declaration.parse().expect("these are tokens"));
        let file: syn::File = syn::parse2(printed).expect("the derive prints items");
        file.items.iter().map(name).collect()
    }

    fn name(item: &syn::Item) -> String {
        match item {
            syn::Item::Impl(item) => {
                let path = item.trait_.as_ref().map(|(_, path, _)| crate::text::tidy(path));
                format!("{} for {}", path.unwrap_or_default(), crate::text::tidy(&item.self_ty))
            }
            syn::Item::Macro(item) => crate::text::tidy(&item.mac.path),
            syn::Item::Const(_) => "question".to_owned(),
            other => panic!("an item of no expected kind: {other:?}"),
        }
    }

    const IMPLS: [&str; 5] = [
        "::core::clone::Clone for Net<P>",
        "::core::marker::Copy for Net<P>",
        "::congruent::model::Tree<P> for Net<P>",
        " for Net<::congruent::model::Weights>",
        "::congruent::model::RunsInside for Net<P>",
    ];

    /// Only fields that are not plainly `Copy` put a question to the compiler.
    #[test]
    fn a_model_gets_its_impls_and_a_question_a_doubtful_field() {
        assert_eq!(items("struct Net<P: Part> { w: Param<(), P>, rate: f64 }"), IMPLS);
        let doubtful = items("struct Net<P: Part> { w: Param<(), P>, mode: Mode, #[model(skip)] names: Vec<String> }");
        assert_eq!(doubtful[..5], IMPLS);
        assert_eq!(doubtful[5..], ["question", "question"]);
    }

    /// One wrong field does not take the impls away; a wrong outline does.
    #[test]
    fn impls_stand_beside_a_field_error_only() {
        let field = items("struct Net<P: Part> { w: Param<(), P>, cache: Vec<f32> }");
        assert_eq!(field[0], "::core::compile_error");
        assert_eq!(field[1..], IMPLS);
        let lifetime = items("struct Net<'a, P: Part>(Param<&'a (), P>);");
        assert_eq!(lifetime, ["::congruent::model::Tree<P> for Net<'a, P>"]);
        assert_eq!(items("struct Net(Param<()>);"), ["::congruent::model::Tree<::congruent::model::Weights> for Net"]);
    }
}
