//! Prints a checked model: `Clone`, `Copy`, `Tree`, and one question to the compiler for each plain field.
//!
//! Apart from `check` because here nothing can be wrong any more; each function prints one item.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{GenericParam, Generics, Ident, Member, Type};

use super::check::{Model, ModelField, Role};
use super::parse::mentions;
use crate::text::{fresh, tidy, with_word};

/// Where the derive finds its traits.
fn home() -> TokenStream {
    home_at(Span::call_site())
}

/// The same, where the compiler should point if something is wrong.
fn home_at(span: Span) -> TokenStream {
    quote_spanned!(span=> ::congruent::model)
}

/// All impls of a model.
pub(super) fn emit(model: &Model) -> TokenStream {
    [clone(model), copy(model), tree(model), parameters(model), outside(model), kept_fields(model)]
        .into_iter()
        .collect()
}

fn clone(model: &Model) -> TokenStream {
    // A recursive model is cloneable if the rest of it is; with its own bound that proof would run in a circle.
    let recursive = |field: &ModelField| mentions([&model.name], |m| m.visit_type(&field.ty));
    let generics = bounded(model, quote!(::core::clone::Clone), |field| !is_primitive(&field.ty) && !recursive(field));
    let (header, arguments, bounds) = generics.split_for_impl();
    let name = &model.name;
    let fields = model.fields.iter().map(|field| {
        let (member, value) = (&field.member, cloned(field));
        quote!(#member: #value)
    });
    quote! {
        #[automatically_derived]
        impl #header ::core::clone::Clone for #name #arguments #bounds {
            fn clone(&self) -> Self { #name { #(#fields),* } }
        }
    }
}

fn copy(model: &Model) -> TokenStream {
    let generics = bounded(model, quote!(::core::marker::Copy), |field| !is_primitive(&field.ty));
    let (header, arguments, bounds) = generics.split_for_impl();
    let name = &model.name;
    quote! {
        #[automatically_derived]
        impl #header ::core::marker::Copy for #name #arguments #bounds {}
    }
}

/// The generics with `Field: Bound` for the chosen fields. A bound on a type without parameters would be an error where
/// it is false, so it hides behind `for<'any>`, which puts the question off until the impl is used.
fn bounded(model: &Model, bound: TokenStream, chosen: impl Fn(&ModelField) -> bool) -> Generics {
    let mut generics = model.generics.clone();
    let any = syn::Lifetime::new("'__any", Span::mixed_site());
    let predicates = &mut generics.make_where_clause().predicates;
    for field in model.fields.iter().filter(|field| chosen(field)) {
        let ty = &field.ty;
        let question = if field.generic { quote!(#ty: #bound) } else { quote!(for<#any> #ty: #bound) };
        predicates.push(syn::parse_quote!(#question));
    }
    generics
}

fn tree(model: &Model) -> TokenStream {
    let (home, name, part) = (home(), &model.name, &model.part);
    let cloned = |field: &ModelField| !matches!(field.role, Role::Tree | Role::Marker) && !is_primitive(&field.ty);
    let generics = bounded(model, quote!(::core::clone::Clone), cloned);
    let (header, arguments, bounds) = generics.split_for_impl();
    let [q, r, f] = ["Q", "R", "F"].map(|letter| fresh(letter, &model.taken));
    let with = with_part(model, &q);
    let [map, each_mut, zip] = bodies(model, &q, &r, &f);
    let count = static_count(model);
    quote! {
        #[automatically_derived]
        impl #header #home::Tree<#part> for #name #arguments #bounds {
            const STATIC_COUNT: #home::StaticCount = #count;
            type With<#q: #home::Part> = #with;
            fn map<'tree, #q: #home::Part, #f: #home::Map<'tree, #part, #q>>(
                &'tree self, f: &mut #f, at: &#home::Path<'_>,
            ) -> Self::With<#q> {
                #map
            }
            fn each_mut<#f: #home::EachMut<#part>>(&mut self, f: &mut #f, at: &#home::Path<'_>) {
                #each_mut
            }
            fn zip<#q: #home::Part, #r: #home::Part, #f: #home::Zip<#part, #q, #r>>(
                &mut self, b: &Self::With<#q>, c: &mut Self::With<#r>, f: &mut #f, at: &#home::Path<'_>,
            ) {
                #zip
            }
        }
    }
}

/// The parameters of all fields together, with words for those that only the run can count.
fn static_count(model: &Model) -> TokenStream {
    let home = home();
    let fields = model.fields.iter().filter(|field| field.role == Role::Tree).map(|field| {
        let (ty, span) = (&field.ty, place(field));
        let home = home_at(span);
        let mut part = model.part.clone();
        part.set_span(span.resolved_at(part.span()));
        let words = format!(
            "only the run knows how many parameters there are in `{}: {}` of `{}`: ask the model, `model.count()`",
            field.label,
            tidy(ty),
            model.name
        );
        // Of `weight: Param<(V, C), P>` it is the field outside that says what `V` is.
        let others = model.generics.type_params().map(|it| &it.ident).filter(|&it| *it != model.part);
        let words = (!mentions(others, |m| m.visit_type(ty))).then(|| quote_spanned!(span=> .of_field(#words)));
        quote_spanned!(span=> .and(<#ty as #home::Tree<#part>>::STATIC_COUNT #words))
    });
    quote!(#home::StaticCount::Known(0) #(#fields)*)
}

/// `Net::PARAMETERS`. It is of the form that is meant where none is written, as `Net` alone names many types; the
/// number is that of all of them.
fn parameters(model: &Model) -> TokenStream {
    let unnamed =
        format!("only the run knows how many parameters `{}` has: ask the model, `model.count()`", model.name);
    let (name, span) = (&model.name, model.name.span().resolved_at(Span::call_site()));
    let home = home_at(span);
    let mut generics = model.generics.clone();
    generics.params = model.generics.params.iter().filter(|it| !is_part(it, &model.part)).cloned().collect();
    // The bounds that mention the part are `L: Tree<P>` alone, see `check`.
    let weights = quote!(#home::Weights);
    let (header, _, bounds) = generics.split_for_impl();
    let (header, bounds) = (
        with_word(header.to_token_stream(), &model.part, &weights),
        with_word(bounds.to_token_stream(), &model.part, &weights),
    );
    let arguments = model.generics.params.iter().map(|parameter| match parameter {
        GenericParam::Type(parameter) if parameter.ident == model.part => weights.clone(),
        GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
        GenericParam::Const(parameter) => parameter.ident.to_token_stream(),
        GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
    });
    quote_spanned! {span=>
        #[automatically_derived]
        #[allow(dead_code, unreachable_pub, reason = "few programs ask")]
        impl #header #name<#(#arguments),*> #bounds {
            /// The number of parameters, whatever they are made of: elements, not tensors; statistics are left out, and
            /// an `Option` counts as if it were there. Where only the run knows it, asking for it does not compile.
            pub const PARAMETERS: usize = match <Self as #home::Tree<#weights>>::STATIC_COUNT {
                #home::StaticCount::Known(count) => count,
                #home::StaticCount::Unknown(words) => ::core::panic!("{}", match words {
                    ::core::option::Option::Some(words) => words,
                    ::core::option::Option::None => #unnamed,
                }),
            };
        }
    }
}

fn is_part(parameter: &GenericParam, part: &Ident) -> bool {
    matches!(parameter, GenericParam::Type(parameter) if parameter.ident == *part)
}

/// The impl of what is no model: the error stands in the type of its forms, and so the compiler says nothing else of
/// what is done with it.
pub(super) fn no_model((name, generics, part): (Ident, Generics, Option<Ident>), error: &TokenStream) -> TokenStream {
    let home = home();
    let (header, arguments, bounds) = generics.split_for_impl();
    let own = part.map_or_else(|| quote!(#home::Weights), Ident::into_token_stream);
    let nothing = quote!({ ::core::unreachable!("this is no model") });
    quote! {
        #[automatically_derived]
        impl #header #home::Tree<#own> for #name #arguments #bounds {
            type With<__Q: #home::Part> = [(); #error];
            fn map<'tree, __Q: #home::Part, __F: #home::Map<'tree, #own, __Q>>(
                &'tree self, _: &mut __F, _: &#home::Path<'_>,
            ) -> Self::With<__Q> #nothing
            fn each_mut<__F: #home::EachMut<#own>>(&mut self, _: &mut __F, _: &#home::Path<'_>) #nothing
            fn zip<__Q: #home::Part, __R: #home::Part, __F: #home::Zip<#own, __Q, __R>>(
                &mut self, _: &Self::With<__Q>, _: &mut Self::With<__R>, _: &mut __F, _: &#home::Path<'_>,
            ) #nothing
        }
    }
}

/// What says that a model runs inside of a call, of one that stands outside.
fn outside(model: &Model) -> TokenStream {
    let (home, name, part) = (home(), &model.name, &model.part);
    let mut generics = model.generics.clone();
    generics.make_where_clause().predicates.push(syn::parse_quote!(#part: #home::StandsOutside));
    let (header, arguments, bounds) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #header #home::RunsInside for #name #arguments #bounds {}
    }
}

/// The bodies of `map`, `each_mut` and `zip`.
fn bodies(model: &Model, q: &Ident, r: &Ident, f: &Ident) -> [TokenStream; 3] {
    let name = &model.name;
    let (mut forms, mut each_mut, mut zip) = (Vec::new(), TokenStream::new(), TokenStream::new());
    for field in &model.fields {
        let member = &field.member;
        if field.role == Role::Tree {
            let [form, each, zipped] = calls(field, &model.part, [q, r, f]);
            forms.push(quote!(#member: #form));
            each_mut.extend(each);
            zip.extend(zipped);
        } else {
            let value = cloned(field);
            forms.push(quote!(#member: #value));
        }
    }
    if each_mut.is_empty() {
        return [
            quote!(let _ = (f, at); #name { #(#forms),* }),
            quote!(let _ = (f, at);),
            quote!(let _ = (b, c, f, at);),
        ];
    }
    [quote!(#name { #(#forms),* }), each_mut, zip]
}

/// What the three bodies do with one field. All of it bears the span of the field's type: there the compiler says that
/// this is no layer, and says it once, because the three errors are the same.
fn calls(field: &ModelField, part: &Ident, [q, r, f]: [&Ident; 3]) -> [TokenStream; 3] {
    let (label, span) = (&field.label, place(field));
    let (home, mut member, mut part) = (home_at(span), field.member.clone(), part.clone());
    part.set_span(span.resolved_at(part.span()));
    match &mut member {
        Member::Named(name) => name.set_span(span.resolved_at(name.span())),
        Member::Unnamed(index) => index.span = span,
    }
    let tree = quote_spanned!(span=> #home::Tree::<#part>);
    let place = match field.transposed {
        true => quote_spanned!(span=> &at.field(#label).transposed()),
        false => quote_spanned!(span=> &at.field(#label)),
    };
    [
        quote_spanned!(span=> #tree::map::<#q, #f>(&self.#member, f, #place)),
        quote_spanned!(span=> #tree::each_mut::<#f>(&mut self.#member, f, #place);),
        quote_spanned!(span=> #tree::zip::<#q, #r, #f>(&mut self.#member, &b.#member, &mut c.#member, f, #place);),
    ]
}

/// Where the field's type stands; names there mean what they mean in the printed code, also if a macro wrote the type.
fn place(field: &ModelField) -> Span {
    field.ty.span().resolved_at(Span::call_site())
}

fn cloned(field: &ModelField) -> TokenStream {
    let member = &field.member;
    match field.role {
        Role::Marker => quote!(::core::marker::PhantomData),
        _ => quote_spanned!(place(field)=> ::core::clone::Clone::clone(&self.#member)),
    }
}

/// The model's type with another part, and with the layers' forms for that part.
fn with_part(model: &Model, q: &Ident) -> TokenStream {
    let (home, name, part) = (home(), &model.name, &model.part);
    let arguments = model.generics.params.iter().map(|parameter| match parameter {
        GenericParam::Type(parameter) if parameter.ident == *part => q.to_token_stream(),
        GenericParam::Type(parameter) if model.layers.contains(&parameter.ident) => {
            let layer = &parameter.ident;
            quote!(<#layer as #home::Tree<#part>>::With<#q>)
        }
        GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
        GenericParam::Const(parameter) => parameter.ident.to_token_stream(),
        GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
    });
    quote!(#name<#(#arguments),*>)
}

/// For each field that rides along, a question to the compiler whether it can.
fn kept_fields(model: &Model) -> TokenStream {
    let questions = model.fields.iter().filter(|field| !is_primitive(&field.ty)).filter_map(|field| match field.role {
        Role::Plain => Some(question(model, field, quote!(::core::marker::Copy), &plain_words(model, field))),
        Role::Skipped => Some(question(model, field, quote!(::core::clone::Clone), &skipped_words(field))),
        Role::Tree | Role::Marker | Role::Reported => None,
    });
    questions.collect()
}

/// What the compiler says of a field that it cannot keep: message, label and note.
type Words = [String; 3];

fn plain_words(model: &Model, field: &ModelField) -> Words {
    let part = &model.part;
    [
        format!(
            "`{}: {}` is no parameter or layer, and plain data in a model must be `Copy`",
            field.label,
            tidy(&field.ty)
        ),
        format!("does not mention the part `{part}`"),
        format!(
            "give it the part, as in `Linear<.., {part}>`; or mark it `#[model(skip)]`: it is then cloned into every \
             form of the model, and `forward`, which takes the model by value, can use the model only once"
        ),
    ]
}

fn skipped_words(field: &ModelField) -> Words {
    [
        format!("`{}: {}` is skipped, and a skipped field must be `Clone`", field.label, tidy(&field.ty)),
        "is cloned into every form of the model".to_owned(),
        "derive `Clone` for it, or hold it in an `Arc`".to_owned(),
    ]
}

/// Asks for `bound` through a law trait of this field's own words. Where the type depends on a parameter, the compiler
/// knows the better cure, which is to bound that parameter, so there it is asked directly.
fn question(model: &Model, field: &ModelField, bound: TokenStream, words: &Words) -> TokenStream {
    let (header, _, bounds) = model.generics.split_for_impl();
    let [law, ask] = ["KeptField", "kept_field"].map(|name| fresh(name, &model.taken));
    let ty = &field.ty;
    let question = quote_spanned!(place(field)=> #ask::<#ty>());
    let [message, label, note] = words.each_ref().map(|text| text.replace('{', "{{").replace('}', "}}"));
    let (asked, spoken) = if field.generic {
        (bound, None)
    } else {
        let spoken = quote! {
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            trait #law {}
            #[diagnostic::do_not_recommend]
            impl<T: #bound> #law for T {}
        };
        (law.to_token_stream(), Some(spoken))
    };
    quote! {
        const _: () = {
            #spoken
            fn #ask<T: #asked>() {}
            fn _field #header () #bounds { #question }
        };
    }
}

/// Types that are known to be `Copy`, so that nobody need ask.
fn is_primitive(ty: &Type) -> bool {
    const PRIMITIVES: [&str; 17] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
        "usize", "()",
    ];
    PRIMITIVES.contains(&tidy(ty).as_str())
}
