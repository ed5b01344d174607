//! A training step of a small GPT, by AdamW.

use crate::language::{model, tokens};
use crate::session::Session;
use congruent::prelude::*;

pub(crate) fn run(session: &mut Session) {
    session.measure("train_gpt", || {
        let mut model = model();
        let mut optimizer = AdamW::new(&model, 1e-6).weight_decay(0.1);
        let [ids, labels] = [3, 4].map(tokens);
        move || {
            let (loss, grads) = model.value_and_grad(|model| model.forward(&ids).cross_entropy(&labels))?;
            optimizer.step(&mut model, &grads);
            Ok::<_, Error>(loss)
        }
    });
}
