//! Formulas of integers can be written down: whoever compiles a loop for itself gives them texts in place of numbers.

use congruent::graph::{Exact1, Exact2, Exact3};
use congruent::loops::{Faults, Int, Outcome};
use congruent::ops::arithmetic::{Add, Mul, Neg, Sub};
use congruent::ops::binary::{FloorDiv, Fmod, Maximum, Pow};
use congruent::ops::indicators::{LessEqual, Select};
use congruent::ops::unary::{Clamp, Sign, Square};
use std::cell::RefCell;
use std::ops::{BitAnd, BitOr, BitXor, Not};

thread_local! {
    static TEXTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A number that is the text of how it comes about.
#[derive(Clone, Copy)]
struct Text(usize);

impl Text {
    fn of(text: impl Into<String>) -> Self {
        TEXTS.with_borrow_mut(|texts| {
            texts.push(text.into());
            Text(texts.len() - 1)
        })
    }
    fn call(name: &str, arguments: &[Text]) -> Self {
        let arguments: Vec<String> = arguments.iter().map(|text| text.read()).collect();
        Text::of(format!("{name}({})", arguments.join(", ")))
    }
    fn between(self, operator: &str, y: Text) -> Self {
        Text::of(format!("({} {operator} {})", self.read(), y.read()))
    }
    fn read(self) -> String {
        TEXTS.with_borrow(|texts| texts[self.0].clone())
    }
}

macro_rules! written {
    ($($Trait:ident $method:ident $operator:literal;)*) => {$(
        impl $Trait for Text {
            type Output = Text;
            fn $method(self, y: Text) -> Text {
                self.between($operator, y)
            }
        }
    )*};
}
written! {
    BitAnd bitand "&";
    BitOr bitor "|";
    BitXor bitxor "^";
}

impl Not for Text {
    type Output = Text;
    fn not(self) -> Text {
        Text::call("!", &[self])
    }
}

impl Outcome<Text> for Text {
    fn value(self, _: &mut Faults) -> Text {
        self
    }
}

macro_rules! calls {
    ($($name:ident($($x:ident),*);)*) => {$(
        fn $name(self, $($x: Text),*) -> Text {
            Text::call(stringify!($name), &[self, $($x),*])
        }
    )*};
}

impl Int<i64> for Text {
    type Partial = Text;
    fn c(value: i64) -> Text {
        Text::of(value.to_string())
    }
    fn plus(self, y: Text) -> Text {
        self.between("+", y)
    }
    fn times(self, y: Text) -> Text {
        self.between("*", y)
    }
    fn power(self, exponent: u32) -> Text {
        Text::of(format!("power({}, {exponent})", self.read()))
    }
    fn select_eq(a: Text, b: Text, x: Text, y: Text) -> Text {
        Text::of(format!("({} == {} ? {} : {})", a.read(), b.read(), x.read(), y.read()))
    }
    fn select_gt(a: Text, b: Text, x: Text, y: Text) -> Text {
        Text::of(format!("({} > {} ? {} : {})", a.read(), b.read(), x.read(), y.read()))
    }
    calls! {
        minus(y);
        negative();
        absolute();
        sign();
        maximum(y);
        minimum(y);
        quotient(y);
        floor_quotient(y);
        rest(y);
        floor_rest(y);
        power_of_own(exponent);
        shifted_left(count);
        shifted_right(count);
    }
}

#[test]
fn formulas_are_written_down() {
    let (x, y, z) = (Text::of("x"), Text::of("y"), Text::of("z"));
    let mut faults = Faults::default();
    let mut one = |op: &dyn Fn(&mut Faults) -> Text| op(&mut faults).read();
    assert_eq!(one(&|f| Exact2::<i64>::value(Add, Exact2::<i64>::value(Mul, x, y, f), z, f)), "((x * y) + z)");
    assert_eq!(one(&|f| Exact2::<i64>::value(Sub, Exact1::<i64>::value(Neg, x, f), y, f)), "minus(negative(x), y)");
    assert_eq!(one(&|f| Exact2::<i64>::value(Fmod, x, y, f)), "rest(x, y)");
    assert_eq!(one(&|f| Exact2::<i64>::value(FloorDiv, x, y, f)), "floor_quotient(x, y)");
    assert_eq!(one(&|f| Exact2::<i64>::value(Pow, x, y, f)), "power_of_own(x, y)");
    assert_eq!(one(&|f| Exact2::<i64>::value(Maximum, x, y, f)), "maximum(x, y)");
    assert_eq!(one(&|f| Exact1::<i64>::value(Sign, x, f)), "sign(x)");
    assert_eq!(one(&|f| Exact1::<i64>::value(Square, x, f)), "(x * x)");
    let clamp = Clamp { min: -2i64, max: 5 };
    assert_eq!(one(&|f| Exact1::<i64>::value(clamp, x, f)), "minimum(maximum(x, -2), 5)");
    assert_eq!(one(&|f| Exact2::<i64>::value(LessEqual, x, y, f)), "(x > y ? 0 : 1)");
    assert_eq!(one(&|f| Exact3::<i64>::value(Select, x, y, z, f)), "(x == 0 ? z : y)");
    assert!(faults.is_clean());
}
