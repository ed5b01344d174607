// From CUDA C to C++: `extern __shared__` becomes a pointer, and each kernel gets a function that launches it.
#include "translation.h"

#include <cctype>
#include <vector>

using std::string;

static bool of_a_word(char letter) {
    return isalnum(static_cast<unsigned char>(letter)) || letter == '_';
}

static bool starts(const string& text, size_t place, const string& word) {
    return text.compare(place, word.size(), word) == 0;
}

static size_t skip_space(const string& text, size_t place) {
    while (place < text.size() && isspace(static_cast<unsigned char>(text[place]))) {
        place++;
    }
    return place;
}

// Behind the bracket that opens here.
static size_t skip_bracket(const string& text, size_t place) {
    int depth = 0;
    for (; place < text.size(); place++) {
        depth += text[place] == '(';
        depth -= text[place] == ')';
        if (depth == 0) {
            return place + 1;
        }
    }
    return place;
}

// Removes `__align__(..)` from a declaration.
static string without_alignment(string declaration) {
    size_t place = declaration.find("__align__");
    if (place != string::npos) {
        size_t bracket = declaration.find('(', place);
        declaration.erase(place, skip_bracket(declaration, bracket) - place);
    }
    return declaration;
}

// `extern __shared__ T name[];` as `CUSIM_DYN_SHARED(T, name);`
static string with_pointers(const string& source) {
    string result;
    size_t place = 0;
    for (;;) {
        size_t start = source.find("extern", place);
        if (start == string::npos) {
            return result + source.substr(place);
        }
        size_t after = skip_space(source, start + 6);
        size_t end = source.find(';', after);
        if (!starts(source, after, "__shared__") || end == string::npos) {
            result += source.substr(place, after - place);
            place = after;
            continue;
        }
        size_t behind = after + string("__shared__").size();
        string declaration = without_alignment(source.substr(behind, end - behind));
        size_t last = declaration.find('[');
        while (last > 0 && !of_a_word(declaration[last - 1])) {
            last--;
        }
        size_t first = last;
        while (first > 0 && of_a_word(declaration[first - 1])) {
            first--;
        }
        string name = declaration.substr(first, last - first);
        result += source.substr(place, start - place);
        result += "CUSIM_DYN_SHARED(" + declaration.substr(0, first) + ", " + name + ")";
        place = end;
    }
}

// The name of the function that is declared behind `__global__`; empty where there is none.
static string declared(const string& source, size_t place) {
    for (;;) {
        place = skip_space(source, place);
        if (starts(source, place, "__launch_bounds__")) {
            place = skip_bracket(source, source.find('(', place));
            continue;
        }
        size_t end = place;
        while (end < source.size() && of_a_word(source[end])) {
            end++;
        }
        string word = source.substr(place, end - place);
        if (word.empty() || source[skip_space(source, end)] == '(') {
            return word;
        }
        place = end;
    }
}

static std::vector<string> kernels(const string& source) {
    std::vector<string> names;
    const string word = "__global__", before = "extern \"C\"";
    for (size_t place = source.find(word); place != string::npos; place = source.find(word, place + 1)) {
        size_t end = place;
        while (end > 0 && isspace(static_cast<unsigned char>(source[end - 1]))) {
            end--;
        }
        if (end >= before.size() && starts(source, end - before.size(), before)) {
            names.push_back(declared(source, place + word.size()));
        }
    }
    return names;
}

string translated(const string& source) {
    // All that threads of a block can do for each other ends in one of these.
    bool waits = source.find("__sync") != string::npos || source.find("_sync(") != string::npos;
    string result = "#include \"cusim.h\"\n#line 1 \"kernel.cu\"\n" + with_pointers(source) + "\n";
    for (const string& name : kernels(source)) {
        result += "CUSIM_EXPORT(" + name + ", " + (waits ? "true" : "false") + ")\n";
    }
    return result;
}
