//! The run: steps, epochs, and what stands between them.
//!
//! Apart from the trainer, which is told what to do and does nothing.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use super::finite::{spoilt_gradient, spoilt_value};
use super::judge::{Verdict, judge};
use super::log::{Log, TAKEN};
use super::report::{Ending, EpochReport, LOSS, Progress, Report};
use super::run::{Identity, Run};
use super::settings::{Monitor, Rate};
use super::tensorboard::TensorBoard;
use super::trainer::{Trainer, VALIDATION};
use crate::data::Epochs;
use crate::device::Device;
use crate::dtype::Real;
use crate::error::{Error, attempt};
use crate::graph::{Node, Operand};
use crate::io::FileError;
use crate::metrics::WeightedMean;
use crate::model::{GradMath, Grads, ScalarShape, TracedForm, Train, Tree, Weights, accumulate, with_key};
use crate::optim::{Remember, Rule, clip_grad_value};
use crate::random::Key;

impl<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device> Trainer<'_, R, M, E, D> {
    /// Runs: for each batch the loss and its gradients, then a step, until all epochs are done, patience is over, or
    /// somebody asks for an end.
    ///
    /// Each step waits for its loss, and for the norm of its gradients.
    ///
    /// The closure owns the batch, and gives a tensor of it to `forward` as `x.ex()`, which holds the tensor: what is
    /// made of a reference cannot leave the closure.
    ///
    /// Of an optimizer whose settings have changed, or of data in another order, a run that goes on takes other steps:
    /// held against the checkpoint are the key, the number of batches, the names of what is measured, and model and
    /// optimizer as [`Checkpoint::load`](crate::io::Checkpoint::load) does.
    ///
    /// # Errors
    /// [`Error::NotFinite`] where a loss, a gradient or, at the end of an epoch, a parameter is infinite or NaN: it
    /// names epoch, batch and the first such parameter in the order of the model; the optimizer has not taken that
    /// step, and the last checkpoint is as it was. [`Error::Value`] for settings that make no sense. What making a
    /// batch, the loss, a measure or a step finds. [`Error::File`] of checkpoints and the log.
    pub fn fit<T, L>(
        mut self,
        data: &T,
        loss: impl Fn(TracedForm<M, Weights<E, D>>, T::Batch) -> L,
    ) -> Result<Report, Error>
    where
        R: Rule,
        T: Epochs,
        L: Operand<E = E, D = D, S: ScalarShape, N: Node<E>>,
    {
        let names: Vec<String> = self.measures.iter().map(|(name, _)| name.clone()).collect();
        let monitor = self.monitored(&names)?;
        let (mut run, log, board) = self.begin(&Identity { batches: data.len(), scores: &names })?;
        let mut desk = Desk { log, board, monitor, names, batches: data.len(), stopped: false };
        loop {
            let verdict = judge(&run.history, &desk.monitor);
            let ending = match self.settings.patience {
                Some(patience) if verdict.worse >= patience => Some(Ending::Patience),
                _ => (run.epoch >= self.settings.epochs).then_some(Ending::Epochs),
            };
            let ending = match ending {
                None if self.epoch(data, &loss, &mut run, &mut desk)? => continue,
                ended => ended.unwrap_or(Ending::Stopped),
            };
            return Ok(self.report(run, &desk, ending));
        }
    }
}

impl<R: Rule, M: Tree<Weights<E, D>>, E: Real, D: Device> Trainer<'_, R, M, E, D> {
    /// The steps of an epoch from where the run stands, and its end; false where somebody asked for an end.
    fn epoch<T, L>(
        &mut self,
        data: &T,
        loss: &impl Fn(TracedForm<M, Weights<E, D>>, T::Batch) -> L,
        run: &mut Run,
        desk: &mut Desk,
    ) -> Result<bool, Error>
    where
        T: Epochs,
        L: Operand<E = E, D = D, S: ScalarShape, N: Node<E>>,
    {
        let key = self.settings.key.fold_in(run.epoch);
        let (order, draws) = (key.fold_in(0), key.fold_in(1));
        let mut batches = attempt(|| data.epoch_from(order, run.batch))?;
        while run.batch < desk.batches {
            let until = desk.batches.min(run.batch.saturating_add(self.settings.accumulate));
            let examples: usize = (run.batch..until).map(|number| data.size(number)).sum();
            let (mut mean, mut sum) = (WeightedMean::new(), None);
            for number in run.batch..until {
                let Some(batch) = attempt(|| batches.next())? else { break };
                let place = (run.epoch, number);
                let (value, mut grads) = self.gradients(place, draws.fold_in(number as u64), |m| loss(m, batch))?;
                mean.add(value, data.size(number));
                if until - run.batch > 1 {
                    grads.scale(data.size(number) as f64 / examples as f64);
                }
                match &mut sum {
                    None => sum = Some(grads),
                    Some(sum) => accumulate(self.model, sum, &grads),
                }
            }
            let Some(mut grads) = sum else { break };
            let norm = self.step(&mut grads, (run.epoch, until - 1))?;
            run.loss.add(mean.value(), examples);
            run.batch = until;
            if self.told(run, desk, mean.value(), norm)? {
                return Ok(false);
            }
        }
        drop(batches);
        self.end_of_epoch(run, desk)
    }

    /// The loss of a batch and its gradients.
    fn gradients<L>(
        &self,
        (epoch, batch): (u64, usize),
        key: Key,
        loss: impl FnOnce(TracedForm<M, Weights<E, D>>) -> L,
    ) -> Result<(f64, M::With<Grads<E, D>>), Error>
    where
        L: Operand<E = E, D = D, S: ScalarShape, N: Node<E>>,
    {
        let (value, grads) = with_key(key, || self.model.value_and_grad(loss))?;
        let value = value.as_f64();
        if value.is_finite() {
            return Ok((value, grads));
        }
        let first = spoilt_value(self.model).or_else(|| spoilt_gradient(&grads));
        let rest = first.unwrap_or_else(|| "all parameters and gradients are finite".to_owned());
        Err(Error::NotFinite { epoch, batch, what: format!("the loss is {value}; {rest}") })
    }

    /// Clips, sets the rate, steps; returns the norm before clipping.
    fn step(&mut self, grads: &mut M::With<Grads<E, D>>, (epoch, batch): (u64, usize)) -> Result<f64, Error> {
        let (settings, optimizer) = (&self.settings, &*self.optimizer);
        // Clipping by norm says the norm; clipping by value hides what is infinite.
        let first = (settings.clip_value.is_some() || settings.clip_norm.is_none()).then(|| grads.norm());
        let norm = attempt(|| {
            if let Some(max) = settings.clip_value.filter(|_| first.is_some_and(f64::is_finite)) {
                clip_grad_value(grads, max);
            }
            let clipped = settings.clip_norm.map(|max| optimizer.clip_grad_norm(grads, max));
            first.or(clipped).unwrap_or(f64::NAN)
        })?;
        if !norm.is_finite() {
            let what = spoilt_gradient(grads).unwrap_or_else(|| format!("the norm of the gradients is {norm}"));
            return Err(Error::NotFinite { epoch, batch, what });
        }
        attempt(|| {
            match &self.settings.rate {
                Rate::Own => {}
                Rate::Schedule(schedule) => {
                    self.optimizer.follow(schedule);
                }
                Rate::Plateau(plateau) => self.optimizer.set_lr(plateau.lr()),
            }
            self.optimizer.step(self.model, grads);
        })?;
        Ok(norm)
    }

    /// Tells of a step, and writes its checkpoint; whether somebody asked for an end.
    fn told(&mut self, run: &mut Run, desk: &mut Desk, loss: f64, norm: f64) -> Result<bool, Error> {
        let now = Progress { loss, norm, ..self.progress(run, desk) };
        let (steps, is_last) = (now.steps, run.batch == desk.batches);
        if let Some(log) = desk.log.as_mut().filter(|_| is_due(steps, self.settings.log_every)) {
            log.step(&now)?;
            run.log = log.len();
        }
        if let Some(board) = desk.board.as_mut().filter(|_| is_due(steps, self.settings.log_every.or(Some(1)))) {
            board.scalars(steps, [("step/loss", loss), ("step/lr", now.lr), ("step/norm", norm)])?;
        }
        desk.stopped |= self.asks_for_an_end(&now);
        // The last batch's checkpoint is that of the epoch.
        if !is_last && (desk.stopped || is_due(steps, self.settings.every)) {
            self.save("last", run, desk)?;
        }
        Ok(desk.stopped && !is_last)
    }

    /// Measures, logs, saves; whether the run goes on.
    fn end_of_epoch(&mut self, run: &mut Run, desk: &mut Desk) -> Result<bool, Error> {
        if let Some(what) = spoilt_value(self.model) {
            return Err(Error::NotFinite { epoch: run.epoch, batch: desk.batches.saturating_sub(1), what });
        }
        let mut scores = Vec::new();
        for (name, measure) in &mut self.measures {
            scores.push((name.clone(), measure(self.model)?));
        }
        let (lr, loss) = (self.optimizer.lr(), run.loss.value());
        let report = EpochReport { epoch: run.epoch, steps: self.optimizer.steps(), lr, loss, scores };
        if let Rate::Plateau(plateau) = &mut self.settings.rate {
            plateau.observe(report.score(&desk.monitor.name).unwrap_or(f64::NAN));
        }
        if let Some(log) = &mut desk.log {
            log.epoch(&report)?;
            run.log = log.len();
        }
        if let Some(board) = &mut desk.board {
            let names = [LOSS].into_iter().chain(desk.names.iter().map(String::as_str));
            let tags: Vec<String> = names.map(|name| format!("epoch/{name}")).collect();
            let numbers = [loss].into_iter().chain(report.scores.iter().map(|(_, value)| *value));
            board.scalars(report.steps, tags.iter().map(String::as_str).zip(numbers))?;
        }
        let now = Progress { loss, finished: Some(&report), ..self.progress(run, desk) };
        desk.stopped |= self.asks_for_an_end(&now);
        run.history.push(report);
        (run.epoch, run.batch, run.loss) = (run.epoch + 1, 0, WeightedMean::new());
        if judge(&run.history, &desk.monitor).best == Some(run.history.len() - 1) {
            self.save("best", run, desk)?;
        }
        self.save("last", run, desk)?;
        Ok(!desk.stopped)
    }

    fn progress(&self, run: &Run, desk: &Desk) -> Progress<'static> {
        Progress {
            epoch: run.epoch,
            epochs: self.settings.epochs,
            batch: run.batch,
            batches: desk.batches,
            steps: self.optimizer.steps(),
            lr: self.optimizer.lr(),
            loss: f64::NAN,
            norm: f64::NAN,
            finished: None,
        }
    }

    fn asks_for_an_end(&mut self, now: &Progress<'_>) -> bool {
        let watched = self.watch.as_mut().is_some_and(|watch| watch(now).is_break());
        watched || self.stop.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    fn save(&self, name: &str, run: &Run, desk: &Desk) -> Result<(), Error> {
        let Some(path) = self.path(name) else { return Ok(()) };
        let identity = Identity { batches: desk.batches, scores: &desk.names };
        run.save(&path, (self.model, self.optimizer), &self.settings, &identity)
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.settings.folder.as_ref().map(|folder| folder.join(format!("{name}.safetensors")))
    }

    /// Where the run begins, or goes on, and what is written about it.
    fn begin(&mut self, identity: &Identity<'_>) -> Result<(Run, Option<Log>, Option<TensorBoard>), Error> {
        if self.settings.accumulate == 0 {
            let (what, rule) = ("number of batches of a step", "it is at least 1");
            return Err(Error::Value { what, found: "0".to_owned(), rule });
        }
        if identity.batches == 0 {
            return Err(Error::Empty { what: "an epoch of the data".to_owned() });
        }
        if let Some(folder) = &self.settings.folder {
            let place = folder.display().to_string();
            std::fs::create_dir_all(folder).map_err(FileError::writing(&place))?;
        }
        let mut last = self.path("last").filter(|_| self.settings.resume);
        if let Some(path) = &last {
            let place = path.display().to_string();
            if !path.try_exists().map_err(FileError::reading(&place))? {
                last = None;
            }
        }
        let run = match &last {
            Some(path) => Run::load(path, (self.model, self.optimizer), &mut self.settings, identity)?,
            None => Run::default(),
        };
        let log = self.settings.log.as_ref();
        let log = log.map(|path| Log::open(path, last.is_some().then_some(run.log))).transpose()?;
        // Steps are counted from 1: what a run that goes on has yet to tell begins behind those that are done.
        let next = if last.is_some() { self.optimizer.steps().saturating_add(1) } else { 0 };
        let board = self.settings.board.as_ref().map(|folder| TensorBoard::resume(folder, next)).transpose()?;
        Ok((run, log, board))
    }

    /// The number by which epochs are compared, which is measured.
    fn monitored(&self, names: &[String]) -> Result<Monitor, Error> {
        let measured = |name: &str| names.iter().any(|other| other == name);
        if let Some(taken) = TAKEN.iter().find(|name| measured(name)) {
            let (found, rule) = (format!("`{taken}`"), "the log has a number of the run under this name");
            return Err(Error::Value { what: "name of a measure", found, rule });
        }
        let usual = if measured(VALIDATION) { VALIDATION } else { LOSS };
        match &self.settings.monitor {
            None => Ok(Monitor { name: usual.to_owned(), largest: false }),
            Some(monitor) if monitor.name == LOSS || measured(&monitor.name) => Ok(monitor.clone()),
            Some(monitor) => {
                let found = format!("`{}` beside {:?}", monitor.name, [&[LOSS.to_owned()], names].concat());
                Err(Error::Value { what: "monitored number", found, rule: "it is one that is measured" })
            }
        }
    }

    fn report(&self, run: Run, desk: &Desk, ending: Ending) -> Report {
        let Verdict { best, .. } = judge(&run.history, &desk.monitor);
        let best = best.map(|place| run.history[place].clone());
        Report { history: run.history, best, steps: self.optimizer.steps(), ending }
    }
}

/// What lies beside a run while it runs.
struct Desk {
    log: Option<Log>,
    board: Option<TensorBoard>,
    monitor: Monitor,
    names: Vec<String>,
    batches: usize,
    /// Somebody asked for an end.
    stopped: bool,
}

/// Whether something that comes every so many steps comes now; never, where that is 0.
fn is_due(steps: u64, every: Option<u64>) -> bool {
    every.is_some_and(|every| every > 0 && steps.is_multiple_of(every))
}
