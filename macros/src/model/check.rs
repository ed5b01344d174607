//! What a struct must be to be a model, one function a rule.
//!
//! Apart from `parse` so that the rules and their words stand on one page.

use std::iter::once;

use syn::visit::Visit;
use syn::{GenericParam, Generics, Ident, Member, Type, TypeGroup, TypeParen, TypePath};

use super::parse::{Bound, Declared, DeclaredField, Options, all_bounds, is_ident, is_named, mentions, with_bound};
use crate::mistakes::Mistakes;
use crate::text::tidy;

/// A struct that can be a model.
pub(super) struct Model {
    pub(super) name: Ident,
    pub(super) generics: Generics,
    /// The parameter that says what the tensors are.
    pub(super) part: Ident,
    /// The parameters bounded by `Tree<P>`, which stand for layers.
    pub(super) layers: Vec<Ident>,
    pub(super) fields: Vec<ModelField>,
    /// Identifiers that generated names must avoid.
    pub(super) taken: Vec<Ident>,
}

/// A field and what the model does with it.
pub(super) struct ModelField {
    pub(super) member: Member,
    pub(super) label: String,
    pub(super) ty: Type,
    pub(super) role: Role,
    /// Whether the type depends on a parameter of the struct.
    pub(super) generic: bool,
    /// `#[model(transposed)]`: PyTorch keeps this matrix the other way round.
    pub(super) transposed: bool,
}

/// What becomes of a field when the model changes its part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    /// A parameter, a layer, or a container of them.
    Tree,
    /// `PhantomData` of the part.
    Marker,
    /// Plain `Copy` data.
    Plain,
    /// `#[model(skip)]`: data that is only cloned.
    Skipped,
    /// What broke a rule already, so that the compiler need not say it again.
    Reported,
}

/// The model, unless its outline is broken, and all mistakes. With a model AND mistakes, the impls are still printed,
/// so that one wrong field does not turn into "is not a model" at every use.
pub(super) fn check(declared: Declared) -> (Option<Model>, Mistakes) {
    let Declared { name, generics, parts, fields, taken, mut mistakes } = declared;
    no_lifetimes(&generics, &mut mistakes);
    let Some(fields) = a_struct(&name, fields, &mut mistakes) else { return (None, mistakes) };
    let Some(part) = one_part(&name, &generics, parts, &mut mistakes) else { return (None, mistakes) };

    let layers = with_bound(&generics, "Tree");
    let outline = every_part_fits(&generics, &part, &layers, &mut mistakes);
    let fields = fields.into_iter().map(|field| one_field(field, &generics, &part, &layers, &mut mistakes)).collect();
    let whole = outline && generics.lifetimes().next().is_none();
    (whole.then_some(Model { name, generics, part, layers, fields, taken }), mistakes)
}

fn a_struct(name: &Ident, fields: Option<Vec<DeclaredField>>, mistakes: &mut Mistakes) -> Option<Vec<DeclaredField>> {
    if fields.is_none() {
        mistakes.push(
            name,
            format!(
                "`{name}` cannot be a model: only structs can, because their parameters are the same in every value\n\
                 put what varies into an `Option` or `Vec` field"
            ),
        );
    }
    fields
}

fn no_lifetimes(generics: &Generics, mistakes: &mut Mistakes) {
    for parameter in generics.lifetimes() {
        mistakes.push(
            parameter,
            format!(
                "a model owns its parameters: the lifetime `{}` has no place here\n\
                 hold tensors by value, as in `Param<Shape![..], P>`",
                parameter.lifetime
            ),
        );
    }
}

fn one_part(name: &Ident, generics: &Generics, parts: Vec<Ident>, mistakes: &mut Mistakes) -> Option<Ident> {
    let mut parts = parts.into_iter();
    let part = parts.next();
    let Some(first) = &part else {
        no_part(name, generics, mistakes);
        return None;
    };
    let whole = parts.len() == 0;
    for second in parts {
        mistakes.push(
            &second,
            format!(
                "a model has one part, here `{first}` and `{second}`\n\
                 all its tensors are weights, or all are gradients: write `{first}` in place of `{second}`"
            ),
        );
    }
    part.filter(|_| whole)
}

/// `P: Forward` is the likely slip: it is right on the `impl` that has `forward`, not on the struct.
fn no_part(name: &Ident, generics: &Generics, mistakes: &mut Mistakes) {
    let narrower = ["Forward", "Trainable"].iter().find_map(|bound| Some((bound, with_bound(generics, bound).pop()?)));
    match narrower {
        Some((bound, part)) => mistakes.push(
            &part,
            format!(
                "`{part}: {bound}` is too narrow for a model, which also holds weights, gradients and moments\n\
                 write `struct {name}<{part}: Part = Weights>` and keep `{bound}` for the `impl` that has `forward`"
            ),
        ),
        None => mistakes.push(
            name,
            format!("a model needs a parameter that says what its tensors are: `struct {name}<P: Part = Weights>`"),
        ),
    }
}

/// The model exists for every part, so no bound may ask more of the part, or of its layers, than that.
fn every_part_fits(generics: &Generics, part: &Ident, layers: &[Ident], mistakes: &mut Mistakes) -> bool {
    let bounds = all_bounds(generics);
    let narrow = bounds.iter().filter(|it| !holds_for_every_part(it, part, layers));
    narrow.fold(true, |_, Bound { subject, bound }| {
        mistakes.push(
            bound,
            format!(
                "`{}: {}` need not hold for every part, but the model exists for each: weights, gradients, ..\n\
                 move this bound to the `impl` that needs it",
                tidy(subject),
                tidy(bound)
            ),
        );
        false
    })
}

/// `P: Part` and `L: Tree<P>` do, and so does whatever mentions neither `P` nor `L`.
fn holds_for_every_part(Bound { subject, bound }: &Bound<'_>, part: &Ident, layers: &[Ident]) -> bool {
    if is_ident(subject, part) {
        return is_named(bound, "Part") && !tidy(bound).ends_with('>');
    }
    if layers.iter().any(|layer| is_ident(subject, layer)) {
        return is_named(bound, "Tree");
    }
    !mentions(once(part).chain(layers), |m| {
        m.visit_type(subject);
        m.visit_type_param_bound(bound);
    })
}

fn one_field(
    field: DeclaredField,
    generics: &Generics,
    part: &Ident,
    layers: &[Ident],
    mistakes: &mut Mistakes,
) -> ModelField {
    let DeclaredField { member, label, ty, options: Options { skip, transposed } } = field;
    let holds_part = mentions(once(part).chain(layers), |m| m.visit_type(&ty));
    let mut role = role(&ty, holds_part, skip);
    if skip && holds_part {
        mistakes.push(&ty, changes_with_part(&label, &ty, part));
    } else if let (Role::Plain, Some(reason)) = (role, never_plain(&label, &ty, part)) {
        mistakes.push(&ty, reason);
        role = Role::Reported;
    }
    if transposed && !matches!(role, Role::Tree | Role::Reported) {
        mistakes.push(&ty, never_transposed(&label, &ty, part));
    }
    let generic = mentions(parameters(generics).iter(), |m| m.visit_type(&ty));
    ModelField { member, label, ty, role, generic, transposed }
}

fn role(ty: &Type, holds_part: bool, skip: bool) -> Role {
    match (head(ty), holds_part, skip) {
        (Some(head), true, _) if head == "PhantomData" => Role::Marker,
        (_, true, _) => Role::Tree,
        (_, false, true) => Role::Skipped,
        (_, false, false) => Role::Plain,
    }
}

fn never_transposed(label: &str, ty: &Type, part: &Ident) -> String {
    format!(
        "`{label}: {}` cannot be transposed: it is no parameter\n\
         `#[model(transposed)]` is for matrices that PyTorch keeps as (out, in): `Param<(I, O), {part}>`",
        tidy(ty)
    )
}

fn changes_with_part(label: &str, ty: &Type, part: &Ident) -> String {
    format!(
        "`{label}: {}` cannot be skipped: its type mentions the part `{part}`\n\
         it differs in every form of the model: remove `#[model(skip)]`, \
          or write the part that it always has, as in `Weights`",
        tidy(ty)
    )
}

/// Why this type cannot ride along as plain data, where its name tells.
fn never_plain(label: &str, ty: &Type, part: &Ident) -> Option<String> {
    let head = head(ty)?.to_string();
    let text = tidy(ty);
    if ["Param", "Buffer"].contains(&head.as_str()) {
        return Some(format!(
            "`{label}: {text}` does not mention the part `{part}`, so it would never train\n\
             write `{head}<.., {part}>`"
        ));
    }
    OWNING_HEADS.contains(&head.as_str()).then(|| {
        format!(
            "`{label}: {text}` is no parameter or layer, and plain data in a model must be `Copy`\n\
             a parameter is `Param<Shape![..], {part}>`, and layers name the part: `Vec<Linear<.., {part}>>`\n\
             to keep the field as it is, mark it `#[model(skip)]`: it is then cloned into every form of the model,\n\
             and `forward`, which takes the model by value, can use the model only once"
        )
    })
}

/// Types that are never `Copy`, by the last name of their path.
const OWNING_HEADS: [&str; 16] = [
    "Vec", "VecDeque", "String", "Box", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "Rc", "Arc", "RefCell", "Mutex",
    "RwLock", "PathBuf", "OsString", "Tensor",
];

fn head(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(TypePath { path, .. }) => path.segments.last().map(|last| &last.ident),
        Type::Group(TypeGroup { elem, .. }) | Type::Paren(TypeParen { elem, .. }) => head(elem),
        _ => None,
    }
}

/// The names of all type and constant parameters.
fn parameters(generics: &Generics) -> Vec<Ident> {
    let names = generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.clone()),
        GenericParam::Const(parameter) => Some(parameter.ident.clone()),
        GenericParam::Lifetime(_) => None,
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::{Model, Role, check};

    fn checked(text: &str) -> (Option<Model>, Vec<String>) {
        let (model, mistakes) = check(parse(syn::parse_str(text).expect("this is a declaration")));
        (model, mistakes.messages())
    }

    /// Asserts that the declaration holds exactly one mistake, whose message starts so.
    #[track_caller]
    fn one(text: &str, message: &str) -> Option<Model> {
        let (model, found) = checked(text);
        assert!(found.len() == 1 && found[0].starts_with(message), "{text} gives {found:#?}");
        model
    }

    #[test]
    fn fields_have_roles() {
        let (model, mistakes) = checked(
            "struct Net<C: Dim, L: Tree<P>, P: Part = Weights> {
                weight: Param<(C,), P>, rest: Vec<L>, tail: Shape![P, 3], mark: PhantomData<(C, P)>, r#type: f64,
                pick: fn(C) -> C, #[model(skip)] names: Vec<String>, other: module::P,
            }",
        );
        assert_eq!(mistakes, [""; 0]);
        let fields = model.expect("this is a model").fields;
        let roles: Vec<_> = fields.iter().map(|field| (field.label.as_str(), field.role, field.generic)).collect();
        let expected = [
            ("weight", Role::Tree, true),
            ("rest", Role::Tree, true),
            ("tail", Role::Tree, true),
            ("mark", Role::Marker, true),
            ("type", Role::Plain, false),
            ("pick", Role::Plain, true),
            ("names", Role::Skipped, false),
            ("other", Role::Plain, false),
        ];
        assert_eq!(roles, expected);
    }

    #[test]
    fn a_model_is_a_struct_with_one_part() {
        one("struct Net { w: Param<()> }", "a model needs a parameter that says what its tensors are: `struct Net<P:");
        one("struct Net<P: Forward>(Param<(), P>);", "`P: Forward` is too narrow for a model");
        one("enum Net<P: Part> { A(Param<(), P>) }", "`Net` cannot be a model: only structs can");
        one("enum Net { A(Param<()>) }", "`Net` cannot be a model: only structs can");
        one("union Net<P: Part> { a: Param<(), P> }", "`Net` cannot be a model: only structs can");
        let two = "struct Net<P: Part, Q> where Q: model::Part { a: Param<(), P>, b: Param<(), Q> }";
        assert!(one(two, "a model has one part, here `P` and `Q`").is_none());
    }

    #[test]
    fn a_model_owns_its_parameters() {
        one("struct Net<'a, P: Part>(Param<&'a (), P>);", "a model owns its parameters: the lifetime `'a`");
        assert_eq!(checked("struct Net<'a, 'b, P: Part>(Param<&'a &'b (), P>);").1.len(), 2);
    }

    #[test]
    fn bounds_hold_for_every_part() {
        for sound in ["where P: Part, C: Dim, Vec<C>: Clone", "where P: model::Part"] {
            let (model, mistakes) = checked(&format!("struct Net<C, P: Part> {sound} {{ w: Param<(C,), P> }}"));
            assert!(model.is_some() && mistakes.is_empty(), "{sound} gives {mistakes:#?}");
        }
        let narrow = [
            ("struct Net<P: Part + Clone>(Param<(), P>);", "`P: Clone` need not hold for every part"),
            ("struct Net<P: Part<Raw: Copy>>(Param<(), P>);", "`P: Part<Raw: Copy>` need not hold"),
            ("struct Net<P: Part>(Param<(), P>) where Param<(), P>: Copy;", "`Param<(), P>: Copy` need not hold"),
            ("struct Net<C: Fit<P>, P: Part>(Param<(C,), P>);", "`C: Fit<P>` need not hold"),
            ("struct Net<L: Tree<P> + Layer, P: Part>(L, Param<(), P>);", "`L: Layer` need not hold"),
        ];
        for (text, message) in narrow {
            assert!(one(text, message).is_none());
        }
    }

    /// A wrong field is reported once and the impls are still printed.
    #[test]
    fn plain_fields_are_copy() {
        let net = |field: &str| format!("struct Net<P: Part> {{ w: Param<(), P>, {field} }}");
        let wrong = [
            ("cache: Vec<f32>", "`cache: Vec<f32>` is no parameter or layer"),
            ("name: std::string::String", "`name: std::string::String` is no parameter or layer"),
            ("mean: Tensor<(D<3>,), f32>", "`mean: Tensor<(D<3>,), f32>` is no parameter or layer"),
            ("bias: Param<(D<3>,)>", "`bias: Param<(D<3>,)>` does not mention the part `P`"),
            ("#[model(skip)] bias: Param<(), P>", "`bias: Param<(), P>` cannot be skipped"),
            ("#[model(skp)] rate: f64", "the options are `#[model(skip)]` and `#[model(transposed)]`"),
            ("#[model(transposed)] rate: f64", "`rate: f64` cannot be transposed: it is no parameter"),
        ];
        for (field, message) in wrong {
            assert!(one(&net(field), message).is_some());
        }
        assert_eq!(checked(&net("a: Vec<f32>, b: Box<f32>")).1.len(), 2);
    }
}
