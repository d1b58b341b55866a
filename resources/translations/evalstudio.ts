<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" sourcelanguage="en">
  <context>
    <name>EvalStudio</name>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>%</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>&amp;Adaptive: find by itself how many calls the endpoint can take</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>&amp;Add a model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>&amp;Apply</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>&amp;Apply {best} in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>&amp;Baseline</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>&amp;Check</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Compare</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <source>&amp;Continue</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Copy record</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Dark</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>&amp;Dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Datasets</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Delete the run…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Edit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>&amp;Evaluation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Export the run…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>&amp;Export…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;File</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Find in records</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>&amp;Forget</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Home</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Import a dataset…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>&amp;Import…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>&amp;Keep in the keychain</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Light</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>&amp;List models</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Log</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>&amp;Measure</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>&amp;Model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Models</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;New evaluation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Open evaluation…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Pause</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Quit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>&amp;Remove</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>&amp;Req/min</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Resume</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>&amp;Save</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Settings…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Start</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>&amp;Test connection</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Try on 3 samples</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Use for the next run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;View</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>&amp;Whole run on the charts</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>&amp;Window</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/rates_table.py" />
      <source>'{text}' is no number a minute for '{name}'.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>'{text}' is no price; write US dollars for a million tokens, as in 0.15.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <source>(95 % {low} to {high})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>(empty)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>(no answer)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>(no reason given)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>(none)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluator_list.py" />
      <source>(optional)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>(status {status})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>, attempt {attempt}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>, next in {wait}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>, repeat {repeat}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>, then waited {waited}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>, {cached:,} cached</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>, {calls:,} samples in all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/end_notes.py" />
      <source>, {errored:,} errored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>, {going:,} in work</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <source>, {unpaired:,} scored in one run only</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>0: all that the dataset has</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>0: as the endpoint has it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>0: as the strategy has it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>500 requests a minute at about 1 s each are 8 at once.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/capacity_chart.py" />
      <source>95 % interval</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>; the next attempt starts in {wait}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>A</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>A Dask scheduler that runs synchronous Python functions, in place of threads and processes: tcp://HOST:PORT, or local.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>A Python file with the function</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>A and B are the same run.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>A call</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>A dataset, a row a sample. Here: 200 reviews. Positive, negative or neutral?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>A file; relative paths start from the evaluation's folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>A free place</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>A grid: {runs:,} runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>A model server that the program brings along and starts when it is first called. It behaves as a real one.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>A model: a hosted API, a server of yours, a Python function. Here: the built-in demo model, without a key and without a network.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>A name from Models</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>A name from Models, as openai/gpt-4o-mini</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/rates_table.py" />
      <source>A rate needs an endpoint: a provider, provider/name or a base URL.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>A run for each model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>A run for each of its values</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>A run for each prompt; it begins as the messages above</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>A run that has spent so much stops; what is saved stays. One whose model has no known price is refused.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>A small real language model that runs on this machine: 130 MB, installed once.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>A small real language model, installed on demand</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>A synchronous function gets a window of the worker count, unless you set one here.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/message_list.py" />
      <source>A user message after another one starts a new turn</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>A whole call, from its start to the end of the answer.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/advice_box.py" />
      <source>A window to start with, by who answers</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>A, the baseline</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>ANSWER</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>ATTEMPT {number}: {outcome}{status}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Abandon</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Abandon the chosen call, or the oldest</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Acts at once, on this run only</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Adaptive</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Adaptive finds out by itself how many calls the endpoint can take</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/advice_box.py" />
      <source>Adaptive is the better choice for your own server: it goes no higher than helps.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Adaptive maximum</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Adaptive minimum</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Adaptive never goes above it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Adaptive never goes below it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Adaptive start</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/message_list.py" />
      <source>Add a message</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>Add a model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Add a parameter</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Add a prompt</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluator_list.py" />
      <source>Add an evaluator</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Address</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>After you have changed it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Against calls in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Against p99</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Against the baseline</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>All</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>All attempts of a sample together with the waits between them.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <location filename="../../evalstudio/ui/main_window.py" />
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>All files (*)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>All flips</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/records_panel.py" />
      <source>All records</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <source>Also on</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <source>Also on these models</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>An endpoint of a provider, or a Python function</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>An example, or a file that you opened</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Answer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/flips.py" />
      <source>Answer of A</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/flips.py" />
      <source>Answer of B</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Answer of run {letter}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Answer of {letter}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Answers</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Answers a second against calls in flight, all runs of each model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Answers of the try</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>Anthropic</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Appearance</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Application ceiling</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>Apply</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>Apply what was found</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>As in TOML, separated by commas</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>As in the evaluation; or another one, like openai/gpt-4o-mini</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>As in the settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>As the &amp;system</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>As the system</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Asking for its models…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>At</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>At &amp;most</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>At most in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>At most so many requests a minute to this endpoint, from all runs; at once</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>At most {calls:,} calls and {cost}. It stops as soon as the verdict is clear; the answers are kept as the run “{experiment}”.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>At most {most} runs at once: untick one first.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/advice_box.py" />
      <source>At the {p50} measured they are {proposed}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/chart.py" />
      <source>At {moment}: {spoken}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Attempt</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Attempts</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>Attempts that failed appear here, by class</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Automatic</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>B</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>B against A</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <source>B − A: {difference}{unit}{spread} · p = {p:.2g}, {method} · {up:,} up, {down:,} down of {n:,} pairs{apart}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/setting_rows.py" />
      <source>Back to the program's default</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Base URL</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Baseline</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>Begin with 10 and raise it step by step while you watch for rate limits.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Belongs to</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Between tokens</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Browse for a dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Browse…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Budget</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Budget of a run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>By which score the runs are ranked</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>COLUMNS</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/run_export.py" />
      <source>CSV (*.csv)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>Calls</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Calls go on in {gate_wait}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Calls in flight at most</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Calls in flight at most, over all runs and judges together.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Calls in flight of a run with a sliding window.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Calls start as fast as samples are ready.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Calls that are not done, oldest first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>Calls: {words}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <location filename="../../evalstudio/ui/told_export.py" />
      <source>Cancel</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>Capacity finder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Changes of limits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Charts of the chosen runs over each other</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>Check the interpreter</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/evaluations.py" />
      <source>Choose a dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Choose a file; it is used where it is</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>Choose a record to see its prompt, answer, scores and timings.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Choose a sample to see both answers.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Choose an evaluation file (TOML or Python)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/session.py" />
      <source>Choose an interpreter</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/setting_rows.py" />
      <source>Choose it on the disk</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Choose the Python file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/records_panel.py" />
      <source>Choose the columns of the table</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/setting_rows.py" />
      <source>Choose {title}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Class</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/results.py" />
      <source>Clear filters</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/histogram.py" />
      <source>Click to show only these</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/records_panel.py" />
      <source>Click to sort</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Close EvalStudio</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Cluster</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Colours of the window.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/column_map.py" />
      <source>Column for name {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Column with the expected answer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <location filename="../../evalstudio/ui/panels/records_panel.py" />
      <source>Columns</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/navigation.py" />
      <source>Compare</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Comparing needs two runs; start another one on the Runs page.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Comparing…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Concurrency</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Connect</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>Copies the example and its dataset into the workspace</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/crash.py" />
      <source>Copy details</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Copy into the workspace</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/pictures.py" />
      <source>Copy the picture</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Copy the record that is shown, as text</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Cost</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Cost so far</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>Custom</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Dark</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Dark appearance</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Dataset file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <location filename="../../evalstudio/ui/panels/navigation.py" />
      <source>Datasets</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <source>Datasets (*{suffixes})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Default window</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_menu.py" />
      <source>Delete</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_menu.py" />
      <source>Delete the run?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Delete this run and all its records, after a question</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Delimiter</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>Demo</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Description</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Differs: {short}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Direction of the change</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/message_bar.py" />
      <source>Dismiss</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/message_bar.py" />
      <source>Dismiss this message</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Do what is missing, and again what has no answer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Does what is missing; what is saved stays</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Doing</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Down: B scores lower</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Drawn with seed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Draws the samples at random, the same ones each time; 0: the first ones</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>E&amp;valuations</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>E&amp;xperiment</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>ERROR</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>EXPECTED</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>Each call in flight gets a cell here</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluator_list.py" />
      <source>Each judges every answer and says why</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Elapsed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>Empty: as in</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Empty: as the endpoint has it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>Empty: from the list of prices</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Empty: the provider's own</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Encoding</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>End the local model's server</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>End the run now; what is saved stays, and a resume does the rest</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/rates_table.py" />
      <source>Endpoint</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Endpoints: what Adaptive learned, and begins with next time</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Ends this call; its sample is errored, and a resume tries it again</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/main_window.py" />
      <source>Engine: starting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/main_window.py" />
      <source>Engine: {state}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>Errored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Errors</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <source>Errors ({failed:,})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Errors by class</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Errors, most first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>EvalStudio sends nothing about you or your work to anybody: no telemetry, no crash reports, no search for updates. Prompts go to the models that you choose, and nowhere else. API keys are kept in your system's keychain, in memory or in environment variables; they are never in these settings, in a workspace or in an export.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>Evaluation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_list.py" />
      <location filename="../../evalstudio/ui/panels/navigation.py" />
      <location filename="../../evalstudio/ui/widgets.py" />
      <source>Evaluations</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/main_window.py" />
      <source>Evaluations (*.toml eval_*.py *.py)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Evaluations of the file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/distributions.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Evaluator</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Evaluator whose scores changed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Evaluators</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Evaluators compare each answer with what was expected. Here: the same word.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Every record of one run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Example</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_list.py" />
      <source>Examples</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <location filename="../../evalstudio/ui/tables/flips.py" />
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Expected</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>Experiment</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/results.py" />
      <source>Export records</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/run_export.py" />
      <source>Export the run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>Export the settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/results.py" />
      <source>Export…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>FROM EXPECTED TO ANSWER</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>File</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Files of samples: what is in them, and what is wrong</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/records_panel.py" />
      <source>Filter by outcome</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_list.py" />
      <source>Filter the runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>First rows</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>First rows of the dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>First seen</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>First seen at {since}; {n} samples since the start.</source>
      <comment>First seen at {since}; {n} sample since the start.</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>First token</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Fixtures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Flips</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Flips ({flips:,})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>For a large file: only its path is kept</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>For runs that set none. Automatic: Adaptive, which finds by itself what the endpoint can take; for a synchronous Python function a window of the worker count.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>Form</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>Form ({count} to mend)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>From</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>From one token to the next of an answer that is streamed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Function</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Give the experiment of this run another name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/column_map.py" />
      <source>Gives a column another name for templates; the file's own names stay usable</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Go on</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Grid: several runs at once</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>Groups of settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/run_export.py" />
      <source>HTML report (*.html)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Header row</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>Hold the key in memory for this session</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/navigation.py" />
      <source>Home</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>How it is judged</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>How long answers take appears here, second by second</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>How long to wait for an endpoint, and how often to try. A hint of the endpoint is honoured.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/function_forecasts.py" />
      <source>How long {name} takes is not known: it is given whole batches, and what one takes depends on its size and on what the function does with it. Run it on a few samples and watch its rate.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/function_forecasts.py" />
      <source>How long {name} takes is not known: its rows are streamed, and how many there are shows only at their end.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>How many calls may be in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>How many calls may be in flight at once.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>How many samples a run takes; 0: all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>How many samples to run; 0: all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>How often a sample is tried where the failure may pass: refused for its rate, overloaded, broken off.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>How often each sample is asked</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>How runs on each model went</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>How the number of calls in flight is chosen</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>How the window looks.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Import a dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>Import settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Import…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>In brackets: the 95 % interval.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>In flight at most</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>In flight at most, all runs together</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>In force: {requests:,.0f} a minute.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>In per cent of the system's size.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Input</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Input column</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/local_model.py" />
      <source>Installing the local language model (130 MB); the log shows how it goes.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Interpreter</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>Is given to the engine and then forgotten here</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>It batches what it gets; 50 keep a GPU busy, Adaptive finds the rest.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>It can't be started; choose the python program itself, as in .venv/bin/python.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>It counts calls and tokens strictly; begin with 5.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>It did not answer within {seconds} s.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>It is no Python that can run the engine ({last}).</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>It offers {n} models; a part of a name, typed above, shows those that have it.</source>
      <comment>It offers one model.</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>Its limits a minute are generous; 10 to 20 calls stay below most of them.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Its name at the endpoint</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Its rate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/results.py" />
      <location filename="../../evalstudio/ui/run_export.py" />
      <source>JSON lines (*.jsonl)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/run_export.py" />
      <source>JUnit XML (*.xml)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>Keep the key in the system's keychain</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Key</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Kind</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Last run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/ui/panels/distributions.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Latency</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/capacity_chart.py" />
      <source>Latency by calls in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>Latency p50</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>Latency p95</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Learned</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Light</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Light appearance</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>Limit and in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <source>Limit changes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Limits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Limits, appearance and the Python that runs the engine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Line</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>List the endpoint's models</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>Local</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>Local vLLM</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <location filename="../../evalstudio/ui/panels/log_pane.py" />
      <location filename="../../evalstudio/ui/panels/navigation.py" />
      <source>Log</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Log folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Longest answer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Longest answer in tokens</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>Looking…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Lower the window</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Lower the window to {proposed:,}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>Make a copy to change</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Make the model that is shown on the Models page that of the next run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Makes one small call</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>Measure the capacity</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/capacity_chart.py" />
      <source>Measure to see the curve.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>Measuring with one call at a time…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Messages</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>Model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Model {number} of the grid</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <location filename="../../evalstudio/ui/panels/navigation.py" />
      <source>Models</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Models: how their runs went</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <source>More models, separated by commas: a run for each, under one experiment</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>More parameters</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>More parameters are written as in TOML: top_p = 0.9, seed = 1.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/trial.py" />
      <source>NOT TRIED</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/column_map.py" />
      <source>Name a column</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Name of parameter {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Name of prompt {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Name of the evaluation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>Name of the key</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/column_map.py" />
      <source>Name {number} for templates</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <source>Neither run has a score yet.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <location filename="../../evalstudio/ui/actions.py" />
      <source>New</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>New evaluation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>New evaluation with it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>New evaluation with this dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>New: {provider}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Next attempt</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>Next run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>Next run with {window} in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/distributions.py" />
      <source>No answers yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>No attempt has failed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>No call is in flight.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <source>No dataset yet.

Import a file, or drop one anywhere on this window: CSV, JSON, JSON lines, Excel or Parquet.
You see its rows and what is wrong with them before it is taken.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>No key</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>No limit has changed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>No rate limit: 50 to 100 or more fill the batches of a GPU; memory is the limit.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>No run has a record yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_list.py" />
      <source>No run has all of these words.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>No run has an answer yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>No run yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_list.py" />
      <source>No runs yet.
Start one on the right.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>No sample is scored differently.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/distributions.py" />
      <source>No scores yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>No setting has these words.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>Not checked yet.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>Not found: type it below, or set an environment variable of this name.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Not set</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Nothing has run yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Nothing is known yet.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/capacity_chart.py" />
      <source>Nothing is measured yet.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Nothing that was asked for differs: what you see is chance, and the endpoint.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Nothing yet. Runs with Adaptive and the capacity finder learn what an endpoint can take; it is kept for a week as the start of the next run.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>OK</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>Off: a sliding window of a fixed size</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Off: one worker calls it, one call after the other</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Oldest: sample {name}, {state} for {age}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>Ollama (this machine)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>On this machine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>One after the other, under one experiment</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>One attempt</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>One run. With several models, prompts or values it is one for each combination.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>One sample</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>One small call…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/main_window.py" />
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Open an evaluation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>OpenAI</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/advisor.py" />
      <source>OpenAI Tier 1</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Outcome</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/pictures.py" />
      <source>PNG picture (*.png)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>PROMPT {role}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Parameter</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Part</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>Paste the key</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Paused: no further call starts until you continue.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/advice_box.py" />
      <source>Preset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Press Start, or F5: the example runs on the built-in demo model.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Preview</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Preview of the messages, and answers of a try</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>Price of a million tokens in that were cached, in US dollars</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>Price of a million tokens in, in US dollars</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>Price of a million tokens out, in US dollars</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Prices</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>Prices of its own need both, that of tokens in and that of tokens out.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Privacy</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Problems</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Problems ({count:,})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Problems of the dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Processes that run a synchronous Python function in place of threads: code that computes then uses every core. 0: threads. With the threads of each, they take so many calls at once.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Progress: {words}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Prompt</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Provider</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_list.py" />
      <source>Python</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Python (*.py)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Python file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>Python function</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Python interpreter</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>Python {version} with EvalStudio {evalstudio}: it can run the engine.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>Python {version}, but EvalStudio is not there ({missing}).</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>Python {version}, but EvalStudio {evalstudio} there is of another version.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>R&amp;esults</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>R&amp;uns</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Ran&amp;k by</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Rate limits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Rates</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Rates by endpoint</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Re&amp;name the experiment…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Read again</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/evaluations.py" />
      <source>Read it again</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Read the file again</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Reading the file…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <source>Reading the whole file…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Reading…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Recent runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>Record</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <location filename="../../evalstudio/ui/panels/records_panel.py" />
      <source>Records</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <source>Records, errors and changes of the run, and the log</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Refused above</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluator_list.py" />
      <source>Remove evaluator {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/message_list.py" />
      <source>Remove message {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Remove model {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/column_map.py" />
      <source>Remove name {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Remove parameter {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Remove prompt {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Remove the model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_menu.py" />
      <source>Rename the experiment</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/session.py" />
      <source>Reopen the window now</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Repeats</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/rates_table.py" />
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Requests a minute</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Requests and tokens a minute that an endpoint allows you. All runs on it share them.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Requests and tokens of a provider, of one model (provider/name) or of a base URL; empty is no limit of your own. Calls are spread over the minute.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/setting_rows.py" />
      <source>Reset {title}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/session.py" />
      <source>Restart the engine now</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/navigation.py" />
      <source>Results</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Results then never change with the original</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <location filename="../../evalstudio/ui/session.py" />
      <source>Resume</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Resume does the rest and repeats nothing that is saved.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Resume {experiment}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_menu.py" />
      <source>Retry errored samples</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Retry the samples that ended as {name}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Retry these</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/message_list.py" />
      <source>Role of message {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Row after</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Row before</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Row {row} of the first {rows}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Rows, problems and users of the dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/results.py" />
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Run A, the baseline</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Run B, compared with it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Run again the samples that ended so</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Run all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Run all functions</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Run it &amp;again</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Run the &amp;example</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Run the example on the built-in demo model, and watch</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Run this e&amp;valuation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_menu.py" />
      <source>Run {id} of “{experiment}” and its {saved:,} records are deleted for good.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Run {name}</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/run_export.py" />
      <source>Run {run_id} written to {path}, with {n} records.</source>
      <comment>Run {run_id} written to {path}, with {n} record.</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Running</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <location filename="../../evalstudio/ui/panels/navigation.py" />
      <location filename="../../evalstudio/ui/panels/run_list.py" />
      <source>Runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Runs as</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Runs evaluations of language models as fast as the endpoint allows, shows why it is that fast and no faster, and loses no answer.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/crash.py" />
      <source>Runs go on, and what is saved stays saved. The details help to find the cause.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Runs of the same samples can be compared</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>Runs on this model that set no strategy use it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Runs to compare</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>Runs under one name go on where they ended</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Runs, the best first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>S&amp;top</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>SAMPLE {sample_id}{repeat}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>SAMPLE {sample_id}{took}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>SCORE {evaluator}: {value}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/pictures.py" />
      <source>SVG drawing (*.svg)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Sa&amp;ve the evaluation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>Sam&amp;ples</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <location filename="../../evalstudio/ui/tables/flips.py" />
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Sample</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Sample {sample_id}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>Sample {sample_id}: attempt {attempt} starts in {wait}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>Sample {sample_id}{attempt}: {state} for {age}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <location filename="../../evalstudio/ui/panels/start_bar.py" />
      <source>Samples</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>Samples a second</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>Samples and tokens a second appear here</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Samples errored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>Samples of</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Samples that changed, and what differs between the runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>Samples to spend at most</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Samples whose score changed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/capacity_chart.py" />
      <source>Samples/s by calls in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Save</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/pictures.py" />
      <source>Save as {suffix}…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Save the &amp;charts…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/pictures.py" />
      <source>Save the chart</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/run_export.py" />
      <source>Save the charts</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Save the evaluation, start a run of it and go to the Runs page</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Save the model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Save, call the model for three samples and show the answers here</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Saved</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Saved in {name} of the workspace.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Says nothing more of this call until it has taken twice as long</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Score</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/flips.py" />
      <source>Score A</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/flips.py" />
      <source>Score B</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Score: {first}, {words}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Scored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/distributions.py" />
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <source>Scores</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <source>Scores of both runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/records_panel.py" />
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Search prompts and answers</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>Search the settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Seed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Separated by commas, as in TOML</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Sequential</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>Set-up</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>Set-up, capacity, and what was learned</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/advice_box.py" />
      <source>Sets a sliding window of this size</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <location filename="../../evalstudio/ui/panels/navigation.py" />
      <source>Settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>Settings (*.json)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>Settings in a file of your own; keys are never in it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>Settings of the chosen group</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Several runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Several threads may call it at once</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/results.py" />
      <source>Show all records of the run again</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/end_notes.py" />
      <source>Show it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Show the samples that ended as {name}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Show these</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Sign of too much parallelism: {trouble}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <source>Signs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Since</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Sliding window</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/crash.py" />
      <source>Something in the window went wrong that should not have.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/crash.py" />
      <source>Something went wrong</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Speed-up</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/results.py" />
      <source>Spreadsheet (*.csv)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>St&amp;op</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Start a run like this one, beside it in its experiment, with its evaluation as it is now</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Start a small real language model on this machine; installs it first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Start it and go to the Runs page</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Start no further call; those in flight end</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Start the &amp;local model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Start the chosen evaluation as a new run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/session.py" />
      <source>Start the engine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Started</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>Starts it once and asks for its version</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>State</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>State: {state}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Stop</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/main_window.py" />
      <source>Stop and quit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/main_window.py" />
      <source>Stop and quit?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>Stop measuring</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Stop the l&amp;ocal model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Stop the run or wait for its end first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Stop the try</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Storage</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Strategy</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Swap A and B</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Switch to Adaptive</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>THINKING</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>TIMINGS</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <source>Tail</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <source>Tail ({calls:,})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Take a file of samples into the workspace</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>Take the key out of the session and the keychain</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>Takes about</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Takes prompt, messages or columns; returns the answer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Takes the entry away; runs and keys stay</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>Temperature</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/message_list.py" />
      <source>Template of message {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Test the connection</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>Text</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>Text (a mistake)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Text size</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/message_list.py" />
      <source>Text with columns in braces: {{ text }}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>The Python that has your packages; EvalStudio must be installed in it, too.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>The Python that runs the engine, and with it your own functions.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>The answers appear here as they come.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>The appearance of the desktop</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>The application's ceiling is {ceiling:,} calls at once.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/rates_table.py" />
      <source>The endpoint '{name}' has two lines.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine and the window do not understand each other: {error}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine can't be started with {program}; choose another Python interpreter in the settings.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine could not start.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine did not answer within {seconds} seconds of its start.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine is not running; wait until it is ready, then try again.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine is of another version (EvalStudio {evalstudio}, protocol {version}; the window speaks {own}). Install the same EvalStudio for the chosen Python, or choose the program's own.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine {how} again and again and is not started any more; the log may say why. What is saved stays saved.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine {how} before it answered.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine {how} while it started; it is started again.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>The engine {how}; it is started again.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>The environment variable or the entry of the keychain that holds it; empty: no key</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>The evaluation as TOML</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>The evaluation as a form</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>The evaluation as a form, and as text</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>The evaluation file {reference} cannot be read ({error}).</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>The evaluation whose samples are answered</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/told_export.py" />
      <source>The export was cancelled; {name} was not written.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>The file since</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/function_check.py" />
      <source>The file {file} cannot be read ({why}).</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>The first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>The first row holds the names of the columns</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>The folder with the database of all runs, evaluation files and models.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/session.py" />
      <source>The interpreter is used from the engine's next start on; runs in work would go on there.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>The key itself</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>The limit, the calls in flight and each change appear here</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>The line that installs EvalStudio there</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>The lines that led to the failure</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/local_model.py" />
      <source>The local language model is stopped.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/local_model.py" />
      <source>The local language model runs as {model}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>The local model is {words}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>The local model runs.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>The messages appear here once the dataset can be read.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>The messages of this row</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/run_menu.py" />
      <source>The name of this experiment of {n} runs:</source>
      <comment>Its name:</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>The program's own: it runs evaluations of files in CSV, JSON and Excel. For Parquet, a cluster, the local model and your own packages, choose a Python of yours.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/runs.py" />
      <source>The run in focus</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>The run that every other one is tested against</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>The score forms here</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>The {n} samples that are left are backing off</source>
      <comment>The {n} sample that is left is backing off</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message>
      <location filename="../../evalstudio/ui/session.py" />
      <source>The {what} is used from the window's next start on.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Theme</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Then move the window slider and see what it does; stop it, close the window, come back and resume: what is saved is never called again.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/model_book.py" />
      <source>There is a model '{name}' already; choose another name.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>This &amp;session only</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>This example ships with the program: look at it, try it, run it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>This machine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>This run, {source}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Thread-safe</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Threads in each worker process.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Threads per process</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Threads that run a synchronous Python function.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>Threads that run the model, a synchronous function</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Throughput</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Tick the runs to compare; they need the same dataset.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Tick up to {most} runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>Time</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>Time and cost</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Time left</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Time-outs and connections</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Time-outs and retries</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>To</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>To install EvalStudio there, in a terminal:</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Tokens</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/rates_table.py" />
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Tokens a minute</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>Tokens in</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Tokens in / out</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Try on 3</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>Try on 3 samples shows the answers here.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Two runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Two runs side by side, or several ranked</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>Two runs, or several</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>Two seconds at the same number of calls in flight are needed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluator_list.py" />
      <source>Type of evaluator {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>US dollars</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Undo zooming and follow the run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Until the endpoint has accepted the connection.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Until the first token of an answer that is streamed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>Up to so many calls in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Up: B scores higher</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/local_model.py" />
      <source>Use it for the next run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/advice_box.py" />
      <source>Use the preset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Use where it is</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/advice_box.py" />
      <source>Use {proposed}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Used by</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Used by ({uses:,})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/trial.py" />
      <source>VARIANT {label}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>Values of parameter {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Wait</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Wait for the chosen call, or the oldest</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>Waiting: {gate}.{wait}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>What</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>What a function needs beside its columns, pytest gives it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>What a run may cost.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>What answers</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>What answers: endpoints, keys, limits and their capacity</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>What differs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>What differs ({differences})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>What differs between the runs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>What evaluations, --model and the Runs page call it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>What evaluators compare with</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>What is asked</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>What is asked, of whom, and how it is judged</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/main_window.py" />
      <source>What is saved stays saved; a resume does the rest later.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>What is wrong</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>What it does</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>What leaves this machine.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>What runs, live</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>What the engine and your own code print</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/log_pane.py" />
      <source>What the engine tells and your own code prints appears here.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>What the model is asked</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/advice_box.py" />
      <source>What to choose</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>What was answered is kept</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>What was answered stays</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>What was learned</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>What was learned about endpoints</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Where Adaptive begins. Automatic: by what earlier runs learned, else 4 for a Python function, 2 for a server on this machine or network and 8 for a hosted one.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Where runs and their records are kept.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/waterfall.py" />
      <source>Where the time of this record went</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Where the trace of a crash is written.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Where to begin, and what ran last</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>Which flips to show</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/records_panel.py" />
      <source>Which records to show</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>Who answers</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>Who uses the dataset</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>Whole run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>Whole run on the charts</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/chart.py" />
      <source>Whole run: {spoken}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/distributions.py" />
      <source>Whose scores the table and the chart show</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/error_table.py" />
      <source>Why</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>Why it waits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>Window</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>Window of runs that set no strategy</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Window size</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>Window size as a number</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>With your own</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>Wor&amp;kers</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_list.py" />
      <source>Words of an experiment, evaluation, model or state, as in: flaky errors</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Worker count</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Worker processes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <location filename="../../evalstudio/ui/panels/worker_cells.py" />
      <source>Workers</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>Workers: {advice}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>Workers: {words}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>Workspace</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/main_window.py" />
      <source>Workspace: {folder}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Write an evaluation, with a form or as text</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/evaluations.py" />
      <source>Write over it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Write the charts of the run as SVG or PNG pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Write the run as an HTML report, JUnit XML, CSV or JSON lines</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/results.py" />
      <source>Write the selected records, or all that are shown, as CSV or JSON lines</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/actions.py" />
      <source>Write the text of the evaluation to its file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/told_export.py" />
      <source>Writing {name}: {records:,} of {total:,} records ({share:.0%})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/told_export.py" />
      <source>Writing {name}: {written:,.1f} MB</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>Your models</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_list.py" />
      <source>Yours</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>a cost of at most about {cost}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>a cost that is not known: there is no price for this model</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <source>a grid of {n} runs names its models</source>
      <comment>a grid of one run names its models</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>a minute</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <source>about {likely} ({low} to {high})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>and {runs:,} more</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/waterfall.py" />
      <source>answer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>answered by {answered_by}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>any</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>as in</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_form.py" />
      <source>as in: top_p = 0.9, seed = 1</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>as it was started</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>as the settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>at once</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>at once, also for runs in work that set no value of their own</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>at the next start of the engine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>at the next start of the program</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/waterfall.py" />
      <source>attempt {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/waterfall.py" />
      <source>attempt {number}: {outcome}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>automatic</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>backed off</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>backing off</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/waterfall.py" />
      <source>backs off</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/outcome.py" />
      <source>bad answer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>batches</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>bytes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>calling</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>calls</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/outcome.py" />
      <source>cancelled</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <source>changed, or read otherwise</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/outcome.py" />
      <source>client error</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>comma ,</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/store/runs.py" />
      <source>completed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/store/runs.py" />
      <source>completed with errors</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>connecting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/waterfall.py" />
      <source>connects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <source>cost unknown</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>crashed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/outcome.py" />
      <source>crashed the engine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/outcome.py" />
      <source>crashed the worker</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <source>cut off at the limit of tokens</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>default</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>ended by itself (exit status {code})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>ended without warning</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>ended without warning (signal {code})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>environment</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>errored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <location filename="../../evalstudio/signs.py" />
      <source>errors</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <source>evaluation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <location filename="../../evalstudio/ui/panels/waterfall.py" />
      <source>evaluators</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/evaluations.py" />
      <source>example</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>expected: {expected_label}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>filtered</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <location filename="../../evalstudio/ui/panels/waterfall.py" />
      <source>first token</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>found</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>from Models</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>from the evaluation</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>from the settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>how it ran</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/worker_cells.py" />
      <source>idle</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>in</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>in flight, at most</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>in force: {value} ({source})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>in from the cache, $ a million tokens</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>in {wait}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>installed, not running</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/store/runs.py" />
      <source>interrupted</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>is</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/column_map.py" />
      <source>is column</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>it can run the engine.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/interpreter_check.py" />
      <source>it printed nothing</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>judging</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>latency of the answer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>leaving</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>limit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>listed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>llama.cpp (this machine)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/session.py" />
      <source>log folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>logs in the workspace</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>machine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <source>more models, separated by commas</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/column_map.py" />
      <source>name in templates</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>no cost</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>no limit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <source>no score of this evaluator</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/chart.py" />
      <location filename="../../evalstudio/ui/function_check.py" />
      <location filename="../../evalstudio/settings_schema.py" />
      <source>none</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>not applied yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>not installed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/function_forecasts.py" />
      <source>not known</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>not known yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/advice_box.py" />
      <source>not measured yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>not running</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>not the same number of samples</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/chart.py" />
      <source>nothing</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/overlay.py" />
      <source>nothing yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>of the attempts of the last 30 s</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>of what this machine can bear</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/outcome.py" />
      <source>ok</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>oldest {age}: {sample_id}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/histogram.py" />
      <source>only {range}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>option</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>other samples</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/price_fields.py" />
      <source>out</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/outcome.py" />
      <source>overloaded</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>p (Holm)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>p-values corrected for {tests} tests (Holm)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <location filename="../../evalstudio/store/runs.py" />
      <source>paused</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>pipe |</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>points</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>processes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/store/runs.py" />
      <source>queued</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/outcome.py" />
      <source>quota exhausted</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <location filename="../../evalstudio/signs.py" />
      <source>rate limits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>read as: {label}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>ready</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/outcome.py" />
      <source>refused or filtered</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>requests</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>restarting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <source>run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>run {run_id}: {strategy} ({strategy_source})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/store/runs.py" />
      <source>running</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>s</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>samples</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>scored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>semicolon ;</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>set here</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>started after {started_at}, took {duration}{waited}
{message}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/engine_client.py" />
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>starting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/store/runs.py" />
      <location filename="../../evalstudio/ui/engine_client.py" />
      <source>stopped</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>streamed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>streaming</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>tab</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>the baseline</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>the ceiling</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>the program's own</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>the same</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>the same on every sample</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>the samples</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/signs.py" />
      <source>this machine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>threads</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <location filename="../../evalstudio/outcome.py" />
      <source>throttled</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>time-outs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/signs.py" />
      <source>timeouts and connections</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_form.py" />
      <source>tokens a minute</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>tokens out</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>under 1 s</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <location filename="../../evalstudio/ui/panels/sample_preview.py" />
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>unscored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>up to</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/board.py" />
      <source>up to {most:,.0f}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/datasets.py" />
      <source>used where it is</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/model_list.py" />
      <source>vLLM (your server)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>waited for the limits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/protocol/snapshot.py" />
      <source>waiting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/waterfall.py" />
      <source>waits for the limits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>what is compared</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/chart.py" />
      <source>whole run</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>worker threads</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/session.py" />
      <source>workspace</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/settings_schema.py" />
      <source>your data folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>{backing_off:,} backing off</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/session.py" />
      <source>{before}Run {id} of “{experiment}” was interrupted: {saved:,} of {total:,} samples are saved.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>{busy:,} of {threads:,} threads busy</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/worker_cells.py" />
      <source>{busy} of {n} threads busy</source>
      <comment>{busy} of {n} thread busy</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{cached:,} answers came from the cache.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/run_export.py" />
      <source>{charts} charts written beside {path}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/capacity_chart.py" />
      <source>{concurrency} in flight: p50 {p50}, p95 {p95}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/capacity_chart.py" />
      <source>{concurrency} in flight: {rate:.3g} samples a second</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/capacity_panel.py" />
      <source>{concurrency} in flight: {rate:.3g} samples/s; going on…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/models.py" />
      <source>{entry} has a window of {window} now: runs on it that set no strategy of their own use it. An evaluation's own strategy still goes first.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{errored:,} errored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>{errored:,} of {saved:,}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{evaluation} on {model} · run {run_id}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{evaluator} {metric}: {score}, {n:,} scored, {unscored:,} unscored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_list.py" />
      <source>{experiment}: {evaluation} on {model}, {state}, {saved} of {total} saved</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <source>{experiment}: {state}, {saved:,} of {total:,} saved</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>{factor:.2f} × faster</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/speed_panel.py" />
      <source>{factor:.2f} × slower</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/function_check.py" />
      <source>{file} has no function '{name}'; it has: {there}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/function_check.py" />
      <source>{file} is no Python that can be read: {why}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/setting_rows.py" />
      <source>{help} Acts {acts}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>{in_flight:,} in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>{in_flight:,} in flight of {limit:,}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/limits_bar.py" />
      <source>{in_flight:,} of {limit:,} in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dialogs/settings.py" />
      <source>{label}: {capacity:,} calls at once.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/histogram.py" />
      <source>{low} to {high}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{metric}, {n:,} of {saved:,} scored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>{minutes}m</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{n:,} of {saved:,} scored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluator_list.py" />
      <source>{name} of evaluator {number}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/score_pairs.py" />
      <source>{name} of {letter}: {words}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_editor.py" />
      <source>{name} was changed by another program since it was opened here.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/python_file.py" />
      <source>{name}, line {line}
{problem}</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>{n} attempts</source>
      <comment>{n} attempt</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/worker_cells.py" />
      <source>{n} calls done</source>
      <comment>{n} call done</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/worker_cells.py" />
      <source>{n} calls waiting there</source>
      <comment>{n} call waiting there</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/trial.py" />
      <source>{n} more variants are not tried; a run takes all of them.</source>
      <comment>{n} more variant is not tried; a run takes all of them.</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/charts/histogram.py" />
      <location filename="../../evalstudio/ui/panels/records_panel.py" />
      <source>{n} records</source>
      <comment>{n} record</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/pages/results.py" />
      <source>{n} records of run {run_id} written to {path}.</source>
      <comment>{n} record of run {run_id} written to {path}.</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>{n} rows</source>
      <comment>{n} row</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>{n} runs</source>
      <comment>{n} run</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/main_window.py" />
      <source>{n} runs are still going on.</source>
      <comment>A run is still going on.</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>{n} runs, the best first</source>
      <comment>{n} run, the best first</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>{n} samples</source>
      <comment>{n} sample</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <location filename="../../evalstudio/ui/pages/evaluations.py" />
      <source>{n} things to mend before it can run.</source>
      <comment>{n} thing to mend before it can run.</comment>
      <translation type="unfinished">
        <numerusform />
        <numerusform />
      </translation>
    </message>
    <message>
      <location filename="../../evalstudio/ui/tables/record_cells.py" />
      <source>{outcome}, cut off</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/compare.py" />
      <source>{part}

A
{a}

B
{b}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/export.py" />
      <source>{path} cannot be written ({strerror}); choose another file.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/pictures.py" />
      <source>{path} cannot be written ({strerror}); choose another place.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/pictures.py" />
      <source>{path} cannot be written; choose another place.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/dataset_reader.py" />
      <source>{path} could not be read to its end. {said}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>{problem_count:,} left out</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>{queued:,} queued</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>{rate:,.1f} samples a second</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/histogram.py" />
      <source>{records:,} records; most at {most}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>{refused} in flight</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{repeated:,} calls were made again after a crash.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/pages/home.py" />
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{saved:,} of {total:,}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{saved:,} of {total:,} saved: {scored:,} scored, {unscored:,} unscored, {errored:,} errored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/trial.py" />
      <source>{saved} of {total} answers after {time}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>{scored:,} of {all:,}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/distributions.py" />
      <source>{scored:,} of {outcomes:,} scored · {unscored:,} unscored · {errored:,} errored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{scored:,} scored, {unscored:,} unscored, {errored:,} errored.{cached}{repeated}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/several_runs.py" />
      <source>{sentence}
{method}, p = {p:.2g} before the correction</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_list.py" />
      <source>{spoken}
Started {created}, run {run_id}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>{text}: {age:.1f} × the p99 of {p99}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/tail_panel.py" />
      <source>{text}; there are too few answers yet to say what is usual.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/learned_panel.py" />
      <source>{time} ago</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/charts/overlay.py" />
      <source>{title} of {lines}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/record_detail.py" />
      <source>{tokens_in:,} tokens in, {tokens_out:,} out</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>{unscored:,} unscored</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>{value:.0%} {what}; the threshold is {threshold:.0%}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>{waiting:,} calls wait for a worker</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/grid_form.py" />
      <source>{words} to the grid</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/flips_panel.py" />
      <source>{words} · expected: {expected}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/slot_strip.py" />
      <source>{workers:,} workers</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluator_list.py" />
      <source>{{ expected }} or a text</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/main_window.py" />
      <source>· Python {python} · process {pid}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/evaluation_bar.py" />
      <source>· changed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>· not imported yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/dataset_view.py" />
      <source>· used where it is</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/run_header.py" />
      <source>· {number} of the {siblings:,} runs of a grid</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/end_notes.py" />
      <source>“{experiment}” is {state} after {elapsed}: {saved:,} of {total:,} saved{errored}{score}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/text.py" />
      <source>… {left:,} more characters are in the store.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>⚠ at the end</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>⚠ now</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>✓ Found in the environment.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>✓ Found in your system's keychain.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/key_field.py" />
      <source>✓ Held in memory for this session.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../../evalstudio/ui/panels/signs_panel.py" />
      <source>✓ quiet</source>
      <translation type="unfinished" />
    </message>
  </context>
</TS>
