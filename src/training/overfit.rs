//! Whether a model can learn one batch by heart.
//!
//! Apart from the trainer because nothing of it stays: model and optimizer are copies.

use crate::device::Device;
use crate::dtype::Real;
use crate::error::{Error, attempt};
use crate::graph::{Node, Operand};
use crate::model::{ScalarShape, TracedForm, Train, Tree, Weights, with_key};
use crate::optim::{Optimizer, Rule};
use crate::random::Key;

/// Trains a copy on one batch again and again, and returns the loss before each step: where it does not come near its
/// least value, model, loss or labels are wrong, and no data will mend that.
///
/// Model and optimizer stay as they are. Step `n` draws from `key.fold_in(n)`; a batch is shared, not copied, where it
/// is made of tensors. No steps give no losses.
///
/// # Errors
/// What the loss or a step finds; a loss that is NaN is returned as it is.
///
/// ```
/// use congruent::{prelude::*, training::overfit};
/// let batch = (Cpu.normal((D::<8>, D::<4>), Key::new(1), 0.0, 1.0), Cpu.tensor([0, 1, 2, 0, 1, 2, 0, 1]));
/// let model = Linear::<D<4>, D<3>>::new(Key::new(2));
/// let adam = Adam::new(&model, 0.1);
/// let losses = overfit(&model, &adam, &batch, 200, Key::new(0), |m, (x, y)| m.forward(x.ex()).cross_entropy(&y))?;
/// assert!(losses[199] < 0.5 * losses[0]);
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn overfit<R, M, E, D, B, L>(
    model: &M,
    optimizer: &Optimizer<R, M, E, D>,
    batch: &B,
    steps: usize,
    key: Key,
    loss: impl Fn(TracedForm<M, Weights<E, D>>, B) -> L,
) -> Result<Vec<f64>, Error>
where
    R: Rule,
    M: Tree<Weights<E, D>> + Clone,
    E: Real,
    D: Device,
    Optimizer<R, M, E, D>: Clone,
    B: Clone,
    L: Operand<E = E, D = D, S: ScalarShape, N: Node<E>>,
{
    let (mut model, mut optimizer) = (model.clone(), optimizer.clone());
    let mut losses = Vec::new();
    for step in 0..steps {
        let gradients = || model.value_and_grad(|m| loss(m, batch.clone()));
        let (value, grads) = with_key(key.fold_in(step as u64), gradients)?;
        losses.push(value.as_f64());
        attempt(|| optimizer.step(&mut model, &grads))?;
    }
    Ok(losses)
}
