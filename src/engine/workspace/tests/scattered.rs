//! Runs by two columns, as they are asked for and pointed at.

use super::*;
use crate::chart::scatter::{FOREMOST, SHADE, Scatter};
use crate::engine::protocol::{MarkHow, RowColour, ScatterPicture, ScatterView, Scattered};

/// Forty runs: a loss that goes down with the rate, without a loss in four of them, by two optimizers.
pub(super) fn with_losses() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..40_u32 {
        let row = sink.run(&format!("run-{at}"));
        let rate = f64::from(at) + 1.0;
        let seed = ValueRef::Number(f64::from(at % 3));
        sink.set_named(row, Role::Param, "seed", seed);
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(rate));
        let optimizer = if at % 2 == 0 { "adam" } else { "sgd" };
        sink.set_named(row, Role::Param, "optimizer", ValueRef::Text(optimizer));
        if at % 10 != 3 {
            let loss = 100.0 - rate + f64::from(at * 37 % 11);
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
        }
    }
    sink.finish();
    workspace
}

/// Thirty runs of three widths.
fn workspace_of_widths() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..30_u32 {
        let row = sink.run(&format!("run-{at}"));
        let width = [16.0, 32.0, 64.0][at as usize % 3];
        for (role, name, value) in [
            (Role::Param, "lr", f64::from(at)),
            (Role::Param, "width", width),
            (Role::Metric, "loss", f64::from(at)),
        ] {
            sink.set_named(row, role, name, ValueRef::Number(value));
        }
    }
    sink.finish();
    workspace
}

/// The class of colours of a run's dot.
fn class_of(picture: &ScatterPicture, row: u32) -> u8 {
    let dot = picture.scatter.dots.iter().find(|dot| dot.row == row);
    dot.unwrap().class
}

/// What the colours mean.
fn labels(picture: &ScatterPicture) -> Vec<&str> {
    let labels = picture.legend.iter().map(|item| item.label.as_str());
    labels.collect()
}

pub(super) fn scattered(workspace: &mut Workspace, words: &str) -> Scattered {
    let ask = Ask::Scatter {
        set: ScatterView::from_words(words),
        filter: String::new(),
        dark: false,
    };
    match workspace.answer(&ask) {
        Answer::Scatter(said) => *said,
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_columns_are_chosen_or_set_and_what_has_no_number_lies_in_a_lane() {
    let mut workspace = with_losses();
    selected(&mut workspace, None);
    let said = scattered(&mut workspace, "");
    assert_eq!(said.set, ScatterView::from_words("param.lr,metric.loss,"));
    assert_eq!(
        said.words[0],
        "36 of 40 shown runs have both; 4 lie in a lane, for they have no finite number on one axis (loss: 4 missing); 0 have neither."
    );
    assert!(
        said.words[1].starts_with("Correlation of ranks -0.9"),
        "{:?}",
        said.words
    );
    let picture = said.picture.unwrap();
    assert_eq!(picture.title, "loss over lr");
    assert_eq!(picture.scatter.dots.len(), 40);
    let Scatter { x, y, .. } = &picture.scatter;
    assert_eq!((x.lanes.count(), y.lanes.count()), (0, 4));
    // The best lies on top, in its colour.
    let last = picture.scatter.dots.last().unwrap();
    assert_eq!((picture.legend.len(), last.class), (1, FOREMOST));
    assert_eq!(picture.legend[0].label, format!("run-{}: best", last.row));

    let said = scattered(&mut workspace, "metric.loss,param.lr,param.optimizer");
    let picture = said.picture.unwrap();
    assert_eq!(picture.title, "lr over loss");
    assert_eq!(
        labels(&picture)[1..],
        ["optimizer adam", "optimizer sgd", "other or no optimizer"]
    );
    let class = |row| class_of(&picture, row);
    assert_eq!((class(0), class(1)), (0, 1));
    // A number is coloured by its place among the others, and the best by what is on no scale.
    let picture = scattered(&mut workspace, "param.lr,metric.loss,param.lr")
        .picture
        .unwrap();
    let class = |row| class_of(&picture, row);
    assert_eq!(
        (class(0), class(20), class(38)),
        (SHADE, SHADE + 51, SHADE + 97)
    );
    let best = picture.scatter.dots.last().unwrap();
    assert_eq!(
        (best.class, picture.legend[0].colour),
        (FOREMOST + 5, RowColour::Class(5))
    );
    assert_eq!(
        labels(&picture)[1..],
        ["lr 1", "lr 20", "lr 40", "other or no lr, hollow"]
    );
    // Equal numbers have one colour.
    let mut few = workspace_of_widths();
    selected(&mut few, None);
    let picture = scattered(&mut few, "param.lr,metric.loss,param.width")
        .picture
        .unwrap();
    assert_eq!(
        labels(&picture)[1..],
        [
            "width 16",
            "width 32",
            "width 64",
            "other or no width, hollow"
        ]
    );
    let class = |row| class_of(&picture, row);
    assert_eq!(
        (class(3), class(4), class(5)),
        (class(6), class(7), class(8))
    );
    assert!(SHADE <= class(3) && class(3) < class(4) && class(4) < class(5));
    // What is no column is chosen otherwise.
    let other = scattered(&mut workspace, "param.none,metric.no,param.no");
    assert_eq!(other.set, ScatterView::from_words("param.lr,metric.loss,"));
}

#[test]
fn one_that_is_pointed_at_is_named_and_without_numbers_it_says_so() {
    let mut workspace = with_losses();
    selected(&mut workspace, None);
    let picture = scattered(&mut workspace, "").picture.unwrap();
    let ask = |x: f64, y: f64| Ask::ScatterRun {
        picture: picture.place,
        x,
        y,
    };
    // The rightmost of all, found by going down beside the bars at the right edge.
    let mut found = None;
    for y in 0..360 {
        if let Answer::SpaceRun(Some(run)) = workspace.answer(&ask(586.0, f64::from(y))) {
            found = Some(run.name);
        }
    }
    assert_eq!(found.as_deref(), Some("run-39"));

    let mut words = Workspace::default();
    let mut keep = |part: Ledger| words.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let row = sink.run("a");
    sink.set_named(row, Role::Param, "kind", ValueRef::Text("b"));
    sink.finish();
    selected(&mut words, None);
    let said = scattered(&mut words, "");
    assert!(said.picture.is_none() && said.words[0].contains("no two columns"));
}

#[test]
fn dots_are_as_large_as_a_column_says_and_bars_count_them() {
    let mut workspace = with_losses();
    selected(&mut workspace, None);
    let said = scattered(&mut workspace, "param.lr,metric.loss,,param.lr");
    assert_eq!(said.set.size, "param.lr");
    assert_eq!(ScatterView::from_words(&said.set.words()), said.set);
    let picture = said.picture.unwrap();
    let size = |row: u32| {
        let dot = picture.scatter.dots.iter().find(|dot| dot.row == row);
        dot.unwrap().size
    };
    assert_eq!((size(0), size(19), size(39)), (Some(0), Some(4), Some(8)));
    let words = said.words.join(" ");
    assert!(
        words.contains("larger the greater lr is, 1 to 40; 0 dots without one are the smallest."),
        "{words}"
    );
    assert!(
        words.contains(
            "Bars count runs along the axes, 40 above and 44 at the right: at most 1 and 1"
        ),
        "{words}"
    );
    assert_eq!(picture.scatter.x.bins.iter().sum::<u32>(), 40);
    assert_eq!(picture.scatter.y.bins.iter().sum::<u32>(), 36);
    // Of a column of texts, and where nothing is set, all are alike.
    for words in [
        "param.lr,metric.loss",
        "param.lr,metric.loss,,param.optimizer",
    ] {
        let said = scattered(&mut workspace, words);
        assert_eq!(said.set.size, "");
        assert!(
            said.picture
                .unwrap()
                .scatter
                .dots
                .iter()
                .all(|dot| dot.size.is_none())
        );
    }
}

#[test]
fn runs_in_a_free_shape_are_selected() {
    let mut workspace = with_losses();
    selected(&mut workspace, None);
    let picture = scattered(&mut workspace, "param.lr,metric.loss")
        .picture
        .unwrap();
    let mark = |workspace: &mut Workspace, picture: usize, shape: &[(f64, f64)], how: MarkHow| {
        let lines = MarkLines::Inside {
            picture,
            shape: shape.to_vec(),
        };
        match workspace.answer(&Ask::Mark { lines, how }) {
            Answer::Marked { selected, .. } => selected,
            other => panic!("{other:?}"),
        }
    };
    // All but the four in the lane.
    let ((left, top), (right, bottom)) = picture.scatter.whole();
    let (low, high) = (left - 1.0, right + 1.0);
    let all = [
        (low, top - 1.0),
        (high, top - 1.0),
        (high, bottom + 1.0),
        (low, bottom + 1.0),
    ];
    assert_eq!(mark(&mut workspace, picture.place, &all, MarkHow::Only), 36);
    // Rates up to 20, whatever the loss is; the others are added.
    let middle = f64::midpoint(left, right);
    let half = |from: f64, to: f64| [(from, 0.0), (to, 0.0), (to, 360.0), (from, 360.0)];
    let count = mark(
        &mut workspace,
        picture.place,
        &half(low, middle),
        MarkHow::Only,
    );
    assert_eq!(count, 20);
    assert!((0..20).all(|row| workspace.selected_runs().get(row)));
    // They have rings, and names where they are few.
    let said = scattered(&mut workspace, "param.lr,metric.loss");
    let named = said.picture.unwrap().scatter.named;
    assert!(
        named.len() == 20
            && named
                .iter()
                .all(|(x, _, name)| *x <= 20.0 && name.is_empty())
    );
    assert!(
        said.words
            .iter()
            .any(|words| words == "Rings mark 20 selected runs.")
    );
    let count = mark(
        &mut workspace,
        picture.place,
        &half(middle, high),
        MarkHow::Add,
    );
    assert_eq!(count, 40);
    let matrix = |workspace: &mut Workspace| scattered(workspace, ",,,,param.lr,metric.loss");
    let ringed = matrix(&mut workspace);
    assert!(
        ringed
            .words
            .iter()
            .any(|words| words == "Rings mark 40 selected runs.")
    );
    // Of a picture that is not there nothing is.
    assert_eq!(mark(&mut workspace, 9, &all, MarkHow::Only), 0);
    let plain = matrix(&mut workspace);
    assert!(plain.words.iter().all(|words| !words.contains("Rings")));
    assert_ne!(plain.matrix.unwrap().pixels, ringed.matrix.unwrap().pixels);
    let lines = MarkLines::Rows(vec![7]);
    let how = MarkHow::Only;
    workspace.answer(&Ask::Mark { lines, how });
    let picture = scattered(&mut workspace, "param.lr,metric.loss")
        .picture
        .unwrap();
    let names = picture
        .scatter
        .named
        .iter()
        .map(|(_, _, name)| name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["run-7"]);
}

#[test]
fn a_matrix_has_dots_of_each_two_columns_and_how_they_go_together() {
    let mut workspace = with_losses();
    selected(&mut workspace, None);
    let said = scattered(
        &mut workspace,
        ",,param.optimizer,,param.lr,metric.loss,param.optimizer",
    );
    assert_eq!(ScatterView::from_words(&said.set.words()), said.set);
    assert!(said.picture.is_none());
    let matrix = said.matrix.unwrap();
    // A column of texts is none of numbers.
    let names: Vec<&str> = matrix
        .columns
        .iter()
        .map(|(_, name)| name.as_str())
        .collect();
    assert_eq!(names, ["lr", "loss"]);
    assert_eq!((matrix.cells[0].len(), matrix.cells[1].len()), (0, 1));
    let cell = &matrix.cells[1][0];
    assert!(cell.value < -0.9 && !cell.is_weak, "{cell:?}");
    assert!(cell.title.contains("loss and lr") && cell.title.contains("(n = 36 of 40 runs)"));
    let labels: Vec<&str> = matrix
        .legend
        .iter()
        .map(|item| item.label.as_str())
        .collect();
    assert!(
        labels[0].ends_with(": best") && labels.contains(&"optimizer adam"),
        "{labels:?}"
    );
    // The lower left cell alone has dots.
    let (wide, pixels) = (matrix.width, &matrix.pixels.0);
    let painted = |x: usize, y: usize| pixels[4 * (y * wide + x) + 3] > 100;
    let high = pixels.len() / 4 / wide;
    let count = |x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
        let mut count = 0;
        for y in y {
            count += x.clone().filter(|x| painted(*x, y)).count();
        }
        count
    };
    assert!(count(0..wide / 2, high / 2..high) > 40);
    assert_eq!(
        count(0..wide, 0..high / 2) + count(wide / 2..wide, 0..high),
        0
    );
    assert!(
        said.words[0].starts_with("40 shown runs by each two of 2 columns."),
        "{:?}",
        said.words
    );
    // Of one column there is no matrix, and what does not differ is told.
    let one = scattered(&mut workspace, ",,,,param.lr,param.nothing");
    assert!(one.matrix.is_none() && one.words[0].starts_with("Choose two to six"));
}

#[test]
fn a_category_is_an_axis_of_steps_in_which_dots_lie_beside_one_another() {
    let mut workspace = with_losses();
    selected(&mut workspace, None);
    let words = "param.optimizer,metric.loss,";
    let said = scattered(&mut workspace, words);
    assert_eq!(said.set, ScatterView::from_words(words));
    assert!(
        said.words[1].starts_with("2 values of optimizer have a step each"),
        "{:?}",
        said.words
    );
    assert!(
        said.words
            .iter()
            .all(|words| !words.contains("Correlation"))
    );
    let bars = said
        .words
        .iter()
        .find(|words| words.starts_with("Bars"))
        .unwrap();
    assert!(bars.contains("2 above and"), "{bars}");
    let picture = said.picture.unwrap();
    let x = &picture.scatter.x;
    let names: Vec<String> = x.axis.marks().into_iter().map(|(_, text)| text).collect();
    // The one with the lower losses comes first.
    let step = |name: &str| names.iter().position(|other| other == name).unwrap();
    for dot in &picture.scatter.dots {
        let own = step(if dot.row % 2 == 0 { "adam" } else { "sgd" });
        assert!((dot.x - own as f64).abs() <= 0.3, "{dot:?}");
    }
    assert_eq!(x.bins, [0, 20, 0, 20, 0]);
    let again = scattered(&mut workspace, words).picture.unwrap();
    let along = |picture: &ScatterPicture| -> Vec<f64> {
        let dots = picture.scatter.dots.iter();
        dots.map(|dot| dot.x).collect()
    };
    assert_eq!(
        along(&again),
        along(&picture),
        "the same dots lie at the same places"
    );
    // Pointing names the value, and a rectangle around a step keeps it.
    let (left, right) = (picture.scatter.whole().0.0, picture.scatter.whole().1.0);
    let middle = left + (right - left) * (step("sgd") as f64 + 0.5) / 2.0;
    let told = picture
        .scatter
        .told(((middle - 20.0, 0.0), (middle + 20.0, 360.0)));
    assert_eq!(told, "optimizer sgd and any loss");
    let dot = picture
        .scatter
        .dots
        .iter()
        .find(|dot| dot.row == 1)
        .unwrap();
    let at = picture.scatter.marks();
    assert!(at.iter().any(|mark| mark.text == "adam"));
    let run = (0..360).find_map(|y| {
        let x = left + (right - left) * (dot.x + 0.5) / 2.0;
        let ask = Ask::ScatterRun {
            picture: 0,
            x,
            y: f64::from(y),
        };
        match workspace.answer(&ask) {
            Answer::SpaceRun(found) => found.filter(|found| found.row == 1),
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(
        run.unwrap().values[0],
        ("optimizer".to_owned(), "sgd".to_owned())
    );
}

#[test]
fn the_rarest_of_many_values_share_a_last_step() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..80_u32 {
        let row = sink.run(&format!("run-{at}"));
        let name = format!("dataset/with-a-long-name-{:02}", at % 40);
        sink.set_named(row, Role::Param, "data", ValueRef::Text(&name));
        sink.set_named(row, Role::Metric, "loss", ValueRef::Number(f64::from(at)));
    }
    sink.finish();
    selected(&mut workspace, None);
    let said = scattered(&mut workspace, "param.data,metric.loss,");
    assert!(said.words[1].contains("30 values"), "{:?}", said.words);
    assert!(
        said.words[1].contains("10 rarer values share the last"),
        "{:?}",
        said.words
    );
    let picture = said.picture.unwrap();
    assert_eq!(picture.scatter.x.axis.steps(), 31);
    let texts = picture
        .scatter
        .marks()
        .into_iter()
        .filter(|mark| mark.element == "text");
    let texts: Vec<String> = texts.map(|mark| mark.text).collect();
    assert!(texts.iter().any(|text| text == "10 more"), "{texts:?}");
    let longest = texts.iter().filter(|text| text.contains('…'));
    assert!(
        longest.clone().count() > 0 && longest.clone().all(|text| text.chars().count() <= 8),
        "{texts:?}"
    );
}

#[test]
fn an_axis_of_ranks_is_kept_in_the_address() {
    let mut workspace = with_losses();
    selected(&mut workspace, None);
    let words = "^param.lr,metric.loss,";
    let said = scattered(&mut workspace, words);
    assert_eq!(said.set.words(), words);
    let picture = said.picture.unwrap();
    assert_eq!(picture.scatter.x.axis.spacing().word(), " (quantiles)");
    assert_eq!(picture.scatter.y.axis.spacing().word(), "");
}
