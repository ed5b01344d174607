//! Runs programs at the edges of arithmetic, as `differential` does in its middle: the same words, other programs.
//!
//! Apart from it because each program runs on all four types of floats, whose arrays are `f64` in files.

mod gradients;
mod matrices;
mod pointwise;
mod rows;
mod run;
mod table;

/// Programs over types `E`, one after the other: operands of the shapes, results of any.
#[macro_export]
macro_rules! programs {
    ($table:ident, [$($E:ident)*] $programs:tt) => { $( $crate::programs! { @ $table, $E, $programs } )* };
    (@ $table:ident, $E:ident, { $($name:literal, $($x:ident: $S:ty),* => $body:expr;)* }) => { $( {
        let mut name = format!("{}|{}", $name, <$E as congruent::dtype::Elem>::NAME);
        $( name.push_str(&format!("|{}", <$S as Shape>::describe_type())); )*
        $table.wide(name, |inputs| {
            let mut inputs = inputs.iter();
            $( let $x: &Tensor<$S, $E> = &$crate::table::read(inputs.next().expect("an operand"))?; )*
            attempt(|| { let y = $body; vec![$crate::table::written(y.shape(), y.as_slice())] })
        });
    } )* };
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut table = table::Table::default();
    pointwise::add(&mut table);
    rows::add(&mut table);
    matrices::add(&mut table);
    gradients::add(&mut table);
    run::main(&table)
}
