//! Reads the struct under `#[derive(Model)]`: its parameters, bounds and fields.
//!
//! Judges nothing, so that `check` sees everything at once and can report all mistakes together.

use syn::ext::IdentExt;
use syn::visit::{Visit, visit_macro, visit_path};
use syn::{
    Attribute, Data, DeriveInput, Field, Generics, Ident, Index, Macro, Member, Path, Type, TypeParam, TypeParamBound,
    WherePredicate, parse_quote,
};

use crate::mistakes::Mistakes;
use crate::text::idents;

/// What the user wrote, sorted.
pub(super) struct Declared {
    pub(super) name: Ident,
    pub(super) generics: Generics,
    /// The type parameters bounded by `Part`.
    pub(super) parts: Vec<Ident>,
    /// The fields, or nothing where this is no struct.
    pub(super) fields: Option<Vec<DeclaredField>>,
    /// Every identifier of the declaration: generated names avoid them.
    pub(super) taken: Vec<Ident>,
    /// What is wrong with the attributes.
    pub(super) mistakes: Mistakes,
}

/// One field as written.
pub(super) struct DeclaredField {
    pub(super) member: Member,
    /// The name in paths such as `blocks.0.weight`.
    pub(super) label: String,
    pub(super) ty: Type,
    pub(super) options: Options,
}

/// What stands in `#[model(..)]`.
#[derive(Clone, Copy, Default)]
pub(super) struct Options {
    /// The field is cloned, and no part of the tree.
    pub(super) skip: bool,
    /// PyTorch keeps this matrix the other way round.
    pub(super) transposed: bool,
}

/// Sorts the derive's input.
pub(super) fn parse(input: DeriveInput) -> Declared {
    let mut mistakes = Mistakes::default();
    let taken = idents(&input);
    let fields = match input.data {
        Data::Struct(data) => {
            Some(data.fields.into_iter().enumerate().map(|(k, field)| read_field(k, field, &mut mistakes)).collect())
        }
        Data::Enum(_) | Data::Union(_) => None,
    };
    let parts = with_bound(&input.generics, "Part");
    Declared { name: input.ident, generics: input.generics, parts, fields, taken, mistakes }
}

fn read_field(position: usize, field: Field, mistakes: &mut Mistakes) -> DeclaredField {
    let options = read_options(&field.attrs, mistakes);
    let member = match field.ident {
        Some(name) => Member::Named(name),
        None => Member::Unnamed(Index::from(position)),
    };
    let label = match &member {
        Member::Named(name) => name.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    };
    DeclaredField { member, label, ty: field.ty, options }
}

fn read_options(attributes: &[Attribute], mistakes: &mut Mistakes) -> Options {
    let mut options = Options::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("model")) {
        let known = attribute.parse_nested_meta(|meta| {
            let [skip, transposed] = ["skip", "transposed"].map(|option| meta.path.is_ident(option));
            options.skip |= skip;
            options.transposed |= transposed;
            let unknown = || meta.error("the options are `#[model(skip)]` and `#[model(transposed)]`");
            if skip || transposed { Ok(()) } else { Err(unknown()) }
        });
        mistakes.keep(known);
    }
    options
}

/// A bound and what it bounds: `C: Dim` inline, or `Vec<C>: Debug` in the `where` clause.
pub(super) struct Bound<'a> {
    pub(super) subject: Type,
    pub(super) bound: &'a TypeParamBound,
}

/// All bounds on types, inline and in the `where` clause.
pub(super) fn all_bounds(generics: &Generics) -> Vec<Bound<'_>> {
    let inline = generics.type_params().flat_map(|parameter| {
        let subject = &parameter.ident;
        parameter.bounds.iter().map(move |bound| Bound { subject: parse_quote!(#subject), bound })
    });
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let apart = predicates.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) => Some(predicate),
        _ => None,
    });
    let apart = apart.flat_map(|predicate| {
        predicate.bounds.iter().map(|bound| Bound { subject: predicate.bounded_ty.clone(), bound })
    });
    inline.chain(apart).collect()
}

/// The type parameters that carry a bound of this name.
pub(super) fn with_bound(generics: &Generics, name: &str) -> Vec<Ident> {
    let bounds = all_bounds(generics);
    let carries = |parameter: &&TypeParam| {
        bounds.iter().any(|it| is_ident(&it.subject, &parameter.ident) && is_named(it.bound, name))
    };
    generics.type_params().filter(carries).map(|parameter| parameter.ident.clone()).collect()
}

/// Whether the bound is the trait of this name, by whatever path.
pub(super) fn is_named(bound: &TypeParamBound, name: &str) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|last| last.ident == name))
}

/// Whether the type is this parameter and nothing around it.
pub(super) fn is_ident(ty: &Type, name: &Ident) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(name))
}

/// Whether a piece of a declaration speaks of one of these parameters.
pub(super) fn mentions<'a>(names: impl IntoIterator<Item = &'a Ident>, visit: impl FnOnce(&mut Mentions<'a>)) -> bool {
    let mut mentions = Mentions { names: names.into_iter().collect(), found: false };
    visit(&mut mentions);
    mentions.found
}

/// Looks for paths that start with one of the names, and inside macros such as `Shape![C, 3]` for the bare names.
pub(super) struct Mentions<'a> {
    names: Vec<&'a Ident>,
    found: bool,
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_path(&mut self, path: &'ast Path) {
        let first = path.segments.first().filter(|_| path.leading_colon.is_none());
        self.found |= first.is_some_and(|first| self.names.contains(&&first.ident));
        visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.found |= idents(&call.tokens).iter().any(|ident| self.names.contains(&ident));
        visit_macro(self, call);
    }
}
