#!/usr/bin/env python3
"""How long other implementations take for the importances of given runs: peers.py FILE RUNS

FILE holds columns of little-endian doubles, the objective last. A line for each evaluator that is installed: its name
and the milliseconds of the evaluation alone, without starting Python and without building the study. One that takes
longer than RUNSIFT_LIMIT seconds (60) is stopped, and one that is not installed left out: both are said.
"""
import array
import multiprocessing
import os
import sys
import time


def columns(path, runs):
    values = array.array("d")
    with open(path, "rb") as file:
        values.frombytes(file.read())
    return [values[start : start + runs].tolist() for start in range(0, len(values), runs)]


def optuna_study(inputs, objective):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    names = [f"p{j}" for j in range(len(inputs))]
    laws = {name: optuna.distributions.FloatDistribution(0, 1) for name in names}
    trials = [
        optuna.trial.create_trial(params=dict(zip(names, row)), distributions=laws, value=value)
        for row, value in zip(zip(*inputs), objective)
    ]
    study = optuna.create_study()
    study.add_trials(trials)
    return study


def with_optuna(inputs, objective):
    import optuna

    study = optuna_study(inputs, objective)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    begun = time.perf_counter()
    optuna.importance.get_param_importances(study, evaluator=evaluator)
    return time.perf_counter() - begun


def with_optuna_fast(inputs, objective):
    import optuna
    from optuna_fast_fanova import FanovaImportanceEvaluator

    study = optuna_study(inputs, objective)
    begun = time.perf_counter()
    optuna.importance.get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0))
    return time.perf_counter() - begun


def with_fanova(inputs, objective):
    import numpy
    from fanova import fANOVA

    begun = time.perf_counter()
    forest = fANOVA(numpy.array(inputs).T, numpy.array(objective), n_trees=64, seed=0)
    for j in range(len(inputs)):
        forest.quantify_importance((j,))
    return time.perf_counter() - begun


def run(evaluate, path, runs, pipe):
    *inputs, objective = columns(path, runs)
    try:
        pipe.send(evaluate(inputs, objective))
    except ImportError:
        pipe.send(None)


if __name__ == "__main__":
    limit = float(os.environ.get("RUNSIFT_LIMIT", "60"))
    context = multiprocessing.get_context("spawn")
    evaluators = [("optuna fANOVA", with_optuna), ("optuna-fast-fanova", with_optuna_fast), ("fanova package", with_fanova)]
    for name, evaluate in evaluators:
        ours, theirs = context.Pipe(False)
        process = context.Process(target=run, args=(evaluate, *(sys.argv[1], int(sys.argv[2])), theirs))
        process.start()
        theirs.close()
        # Starting Python and building the study has its own allowance.
        try:
            seconds = ours.recv() if ours.poll(limit + 20) else limit + 20
        except EOFError:
            print(f"{name}: failed", flush=True)
            continue
        finally:
            process.terminate()
        if seconds is None:
            print(f"{name}: not installed", flush=True)
        elif seconds > limit:
            print(f"{name}: more than {limit:.0f} s", flush=True)
        else:
            print(f"{name} {seconds * 1e3:.1f}", flush=True)
