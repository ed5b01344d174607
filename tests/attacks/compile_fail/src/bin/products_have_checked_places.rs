//! error[E0451]: fields `offset`, `row`, `column` and `batch` of struct `Place` are private
use congruent::loops::Place;

fn main() {
    let _ = Place { offset: 0, row: 2, column: 1, batch: [0, 0, 0, 1] };
}
