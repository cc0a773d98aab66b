//! TensorBoard's folders as its writers lay them out, from event files made here.

use crate::drop::{files, read, told};
use crc::{CRC_32_ISCSI, Crc};
use expect_test::{Expect, expect};

/// A field of a message that has a length.
fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
    let mut length = content.len();
    let mut out = vec![number << 3 | 2];
    while length > 127 {
        out.push(length as u8 | 128);
        length >>= 7;
    }
    out.push(length as u8);
    [out, content.to_vec()].concat()
}

fn record(event: &[u8]) -> Vec<u8> {
    let sum = |bytes: &[u8]| {
        let sum = Crc::<u32>::new(&CRC_32_ISCSI).checksum(bytes);
        sum.rotate_right(15)
            .wrapping_add(0xa282_ead8)
            .to_le_bytes()
            .to_vec()
    };
    let length = (event.len() as u64).to_le_bytes();
    [length.to_vec(), sum(&length), event.to_vec(), sum(event)].concat()
}

/// The event that every file begins with.
fn version() -> Vec<u8> {
    record(&bytes(3, b"brain.Event:2"))
}

/// A logged value.
fn scalar(tag: &str, step: u8, value: f32) -> Vec<u8> {
    let value = [vec![0x15], value.to_le_bytes().to_vec()].concat();
    let value = bytes(1, &[bytes(1, tag.as_bytes()), value].concat());
    record(&[vec![0x10, step], bytes(5, &value)].concat())
}

/// What the plugin writes: its data in the metadata of a value.
fn plugin(tag: &str, data: &[u8]) -> Vec<u8> {
    let plugin = [bytes(1, b"hparams"), bytes(2, data)].concat();
    let value = [bytes(1, tag.as_bytes()), bytes(9, &bytes(1, &plugin))].concat();
    record(&bytes(5, &bytes(1, &value)))
}

/// The start of a session with one hyperparameter.
fn session(name: &str, value: f64) -> Vec<u8> {
    let number = [vec![0x11], value.to_le_bytes().to_vec()].concat();
    let entry = [bytes(1, name.as_bytes()), bytes(2, &number)].concat();
    plugin("_hparams_/session_start_info", &bytes(3, &bytes(1, &entry)))
}

fn check(dropped: &[(&str, Vec<Vec<u8>>)], want: &Expect) {
    let dropped: Vec<(String, Vec<u8>)> = dropped
        .iter()
        .map(|(folder, events)| {
            let file = [version(), events.concat()].concat();
            (format!("{folder}/events.out.tfevents.1.h"), file)
        })
        .collect();
    let dropped: Vec<(&str, &[u8])> = dropped
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
        .collect();
    want.assert_eq(&told(&read(&files(&dropped))));
}

#[test]
fn sessions_below_a_description_of_their_experiment_are_runs() {
    // As TensorFlow's guide to hyperparameters lays them out.
    check(
        &[
            (
                "logs/tuning",
                vec![plugin("_hparams_/experiment", &bytes(2, &[]))],
            ),
            (
                "logs/tuning/run-0",
                vec![session("units", 16.0), scalar("accuracy", 1, 0.5)],
            ),
            (
                "logs/tuning/run-1",
                vec![session("units", 32.0), scalar("accuracy", 1, 0.75)],
            ),
        ],
        &expect![[r#"
            logs/tuning/events.out.tfevents.1.h as tensorboard
            units=16, metric accuracy=0.5 of 1, @id=tuning/run-0, @name=run-0
            units=32, metric accuracy=0.75 of 1, @id=tuning/run-1, @name=run-1
        "#]],
    );
}

#[test]
fn sessions_below_a_run_are_its_own_where_they_agree() {
    // `add_hparams` of PyTorch writes one into a folder named after the time.
    check(
        &[
            (
                "runs/a",
                vec![scalar("loss", 0, 1.0), scalar("loss", 1, 0.5)],
            ),
            (
                "runs/a/1767225600.1",
                vec![session("lr", 0.5), scalar("hparam/accuracy", 0, 0.25)],
            ),
            ("runs/b", vec![scalar("loss", 0, 2.0)]),
            ("runs/b/1767225600.2", vec![session("lr", 0.25)]),
            ("runs/b/1767225600.3", vec![session("lr", 0.25)]),
        ],
        &expect![[r#"
            runs/a/events.out.tfevents.1.h as tensorboard
            lr=0.5, metric loss=0.5 of 2, metric hparam/accuracy=0.25 of 1, @id=a, @name=a
            lr=0.25, metric loss=2 of 1, @id=b, @name=b
        "#]],
    );
    // One writer for a whole search: its sessions differ.
    check(
        &[
            ("runs/search", vec![scalar("best", 0, 0.5)]),
            (
                "runs/search/1",
                vec![session("lr", 0.5), scalar("hparam/accuracy", 0, 0.25)],
            ),
            (
                "runs/search/2",
                vec![session("lr", 0.25), scalar("hparam/accuracy", 0, 0.5)],
            ),
        ],
        &expect![[r#"
            runs/search/events.out.tfevents.1.h as tensorboard
            metric best=0.5 of 1, @id=search, @name=search
            lr=0.5, metric hparam/accuracy=0.25 of 1, @id=search/1, @name=1
            lr=0.25, metric hparam/accuracy=0.5 of 1, @id=search/2, @name=2
        "#]],
    );
}

#[test]
fn curves_below_a_run_that_logged_nothing_itself_are_its_own() {
    check(
        &[
            ("runs/a", vec![]),
            ("runs/a/loss_train", vec![scalar("loss", 0, 1.0)]),
            ("runs/a/loss_valid", vec![scalar("loss", 0, 1.5)]),
            ("runs/died", vec![]),
        ],
        &expect![[r#"
            runs/a/events.out.tfevents.1.h as tensorboard
            metric loss/train=1 of 1, metric loss/valid=1.5 of 1, @id=a, @name=a
            @id=died, @name=died
        "#]],
    );
}

#[test]
fn folders_of_one_run_keep_their_curves_apart() {
    let events = |value: f32| [version(), scalar("loss", 0, value), scalar("lr", 0, 0.5)].concat();
    let (train, valid) = (events(1.0), events(2.0));
    let own = [version(), scalar("best", 0, 0.25)].concat();
    let drop = read(&files(&[
        ("outputs/a/.hydra/config.yaml", b"lr: 0.5\n"),
        ("outputs/a/logs/train/events.out.tfevents.1.h", &train),
        ("outputs/a/logs/valid/events.out.tfevents.1.h", &valid),
        ("outputs/a/events.out.tfevents.1.h", &own),
    ]));
    expect![[r#"
        outputs/a/.hydra/config.yaml as hydra
        lr=0.5, metric best=0.25 of 1, metric train/loss=1 of 1, metric train/lr=0.5 of 1, metric valid/loss=2 of 1, metric valid/lr=0.5 of 1, @id=a
    "#]].assert_eq(&told(&drop));
}

#[test]
fn training_and_validation_below_a_session_are_of_it() {
    // As the callbacks of Keras write them.
    check(
        &[
            ("logs/a", vec![session("units", 16.0)]),
            ("logs/a/train", vec![scalar("epoch_loss", 0, 1.0)]),
            ("logs/a/validation", vec![scalar("epoch_loss", 0, 1.5)]),
            ("logs/b/train", vec![scalar("epoch_loss", 0, 2.0)]),
        ],
        &expect![[r#"
            logs/a/events.out.tfevents.1.h as tensorboard
            units=16, metric train/epoch_loss=1 of 1, metric validation/epoch_loss=1.5 of 1, @id=a, @name=a
            metric epoch_loss=2 of 1, @id=b/train, @name=b/train
        "#]],
    );
}

#[test]
fn event_files_that_lie_beside_one_another_are_one_run() {
    let file = |value: f32, step: u8| [version(), scalar("loss", step, value)].concat();
    let (first, second) = (file(1.0, 0), file(0.5, 1));
    let hyperparameters = [version(), session("lr", 0.5)].concat();
    let drop = read(&files(&[
        ("events.out.tfevents.1.h", &first),
        ("1767225600.1/events.out.tfevents.1.h", &hyperparameters),
        ("events.out.tfevents.2.h", &second),
    ]));
    expect![[r#"
        1767225600.1/events.out.tfevents.1.h as tensorboard
        lr=0.5, metric loss=0.5 of 2, @id=., @name=.
    "#]]
    .assert_eq(&told(&drop));
}

#[test]
fn a_hyperparameter_that_is_an_empty_text_is_there() {
    let entry = [bytes(1, b"augment"), bytes(2, &bytes(3, b""))].concat();
    let session = plugin("_hparams_/session_start_info", &bytes(3, &bytes(1, &entry)));
    check(
        &[("logs/a", vec![session])],
        &expect![[r#"
        logs/a/events.out.tfevents.1.h as tensorboard
        augment='', @id=a, @name=a
    "#]],
    );
}

#[test]
fn what_a_restart_overtakes_is_no_longer_of_the_curve() {
    // A session's log: its status says that it starts.
    let restart = |step: u8| record(&[vec![0x10, step], bytes(7, &[0x08, 1])].concat());
    let before = [0, 1, 2, 3].map(|step| scalar("loss", step, 1.0)).concat();
    let after = [2, 3].map(|step| scalar("loss", step, 0.5)).concat();
    check(
        &[("logs/a", vec![before, restart(2), after])],
        &expect![[r#"
            logs/a/events.out.tfevents.1.h as tensorboard
            metric loss=0.5 of 4, @id=a, @name=a
        "#]],
    );
}
